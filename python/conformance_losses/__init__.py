"""Loss functions of TensorFlow and Keras as plain functions over NumPy arrays.

Nothing is imported here: `tensorflow_losses` and `keras_losses` load their framework, `memory` and `evaluation` need NumPy only.
"""
