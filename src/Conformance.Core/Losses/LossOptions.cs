using System.Globalization;
using Conformance.Core.Tensors;

namespace Conformance.Core.Losses;

/// <summary>What a binary loss may be given beside its inputs.</summary>
public sealed record LossOptions
{
    /// <summary>Neither a weight nor smoothing.</summary>
    public static readonly LossOptions Default = new();

    /// <summary>The factor q of the positive part, −q·z·log p − (1−z)·log(1−p); 1 for none. Used as it rounds to the case's dtype.</summary>
    public double PosWeight
    {
        get;
        init => field = value >= 0 && double.IsFinite(value) ? value : throw new InvalidInputException(
            string.Create(CultureInfo.InvariantCulture, $"The positive weight is {value}; give a finite number that is not negative, for example 2."));
    }

    = 1;

    /// <summary>a in z·(1−a) + a/2, which takes the place of the label z; 0 for none.</summary>
    public double LabelSmoothing
    {
        get;
        init => field = value is >= 0 and <= 1 ? value : throw new InvalidInputException(
            string.Create(CultureInfo.InvariantCulture, $"The label smoothing is {value}; give a number from 0 to 1, for example 0.1."));
    }

    /// <summary>The label after smoothing, as TensorFlow and Keras compute it eagerly in the label's own dtype.</summary>
    /// <remarks>
    /// 1−a and a/2 are computed in float64 and rounded to the dtype; their product with the label and the sum are rounded to it
    /// once each. Where a compiler fuses the two, the label may differ in its last bit. The truth is that of the loss at this label.
    /// </remarks>
    /// <param name="dtype">The label's dtype.</param>
    /// <param name="label">The label.</param>
    /// <returns>The label itself where there is no smoothing.</returns>
    public double SmoothedLabel(DType dtype, double label)
    {
        if (LabelSmoothing == 0)
        {
            return label;
        }

        // The sum of two values of at most 24 bits, or its rounding in float64, is exact enough to be rounded once more.
        double product = Round(label * Round(1 - LabelSmoothing));
        return Round(product + Round(0.5 * LabelSmoothing));

        double Round(double value) => dtype.ToDouble(dtype.ToBits(value));
    }
}
