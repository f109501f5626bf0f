using Conformance.Core.Backends;
using Conformance.Core.Cases;
using Conformance.Core.Tensors;

namespace Conformance.Golden.Exports;

/// <summary>Gives ONNX models of a loss: inputs logits and labels of one shape of three dimensions; outputs loss and gradient.</summary>
/// <param name="Implementation">What the models compute and how far they may be from the truth.</param>
/// <param name="Model">The model for a dtype and a reduction that the implementation takes, as a file holds it.</param>
public sealed record OnnxModelSource(ImplementationInfo Implementation, Func<DType, Reduction, byte[]> Model);
