"""NumPy arrays over memory that somebody else owns."""

import functools

import numpy as np

_type_string = functools.cache(lambda dtype: np.dtype(dtype).str)


class _ForeignMemory:
    """Carries the array interface; NumPy keeps it as the base of the array."""

    __slots__ = ("__array_interface__",)

    def __init__(self, interface: dict[str, object]) -> None:
        self.__array_interface__ = interface


def view(address: int, dtype: str, shape: tuple[int, ...], writable: bool) -> np.ndarray:
    """Returns a C-contiguous array over `address`, without a copy.

    `dtype` is a NumPy name such as "float32". The memory must outlive the array; a view that is not writable refuses writes.
    Address 0 is accepted for an array without elements and a ValueError otherwise.
    """
    if address == 0:
        if 0 not in shape:
            raise ValueError(f"Address 0 cannot hold an array of shape {shape}.")
        # NumPy would take address 0 as an order to allocate, and the array would be writable.
        array = np.empty(shape, dtype)
        array.flags.writeable = writable
        return array
    return np.asarray(
        _ForeignMemory(
            {"version": 3, "typestr": _type_string(dtype), "shape": shape, "data": (address, not writable)}
        )
    )
