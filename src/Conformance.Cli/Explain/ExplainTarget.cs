using System.Collections.Immutable;
using System.Globalization;
using Conformance.Core;
using Conformance.Core.Cases;
using Conformance.Core.Losses;
using Conformance.Core.Tensors;

namespace Conformance.Cli.Explain;

/// <summary>What is to be explained: an element of a case, the value of a reduced case, or a logit and a label that somebody typed.</summary>
internal sealed record ExplainTarget
{
    public const string Example = "sigmoid_cross_entropy/float32/channels_first/none/2x5x10/uniform/hard20/seed1/draw0[7]";

    public required Loss Loss { get; init; }

    public required DType DType { get; init; }

    public LossOptions Options { get; init; } = LossOptions.Default;

    /// <summary>The case; null for a typed pair.</summary>
    public Case? Case { get; init; }

    /// <summary>The element's position in memory; null for the value of a reduced case.</summary>
    public int? Index { get; init; }

    /// <summary>The bits of a typed pair.</summary>
    public (ulong Logit, ulong Label) Pair { get; init; }

    public Reduction Reduction => Case?.Reduction ?? Reduction.None;

    public Shape InputShape => Case?.InputShape ?? new Shape(1, 1, 1);

    public string Name => Case?.Id ?? "the pair";

    /// <summary>The verb and its arguments that explain the same again.</summary>
    public string Repetition
    {
        get
        {
            // Quoted: brackets are patterns to shells.
            if (Case is not null)
            {
                return Index is { } index ? string.Create(CultureInfo.InvariantCulture, $"explain '{Case.Id}[{index}]'") : $"explain {Case.Id}";
            }

            string options = (Options.PosWeight == 1 ? string.Empty : string.Create(CultureInfo.InvariantCulture, $" --pos-weight {Options.PosWeight}"))
                + (Options.LabelSmoothing == 0 ? string.Empty : string.Create(CultureInfo.InvariantCulture, $" --label-smoothing {Options.LabelSmoothing}"));
            return $"explain --logit 0x{DType.ToHex(Pair.Logit)} --label 0x{DType.ToHex(Pair.Label)} --dtype {DType}{options}";
        }
    }

    /// <summary>An element of a case, as <c>CASE[INDEX]</c>, or a reduced case.</summary>
    public static ExplainTarget OfCase(string text)
    {
        int bracket = text.EndsWith(']') ? text.LastIndexOf('[') : -1;
        Case testCase = Case.Parse(bracket < 0 ? text : text[..bracket]);
        int count = testCase.InputShape.Count;
        ExplainTarget target = new() { Loss = testCase.Draw.Loss, DType = testCase.Draw.DType, Case = testCase };
        string allowed = count == 0 ? "the case has no elements"
            : string.Create(CultureInfo.InvariantCulture, $"give a number from 0 to {count - 1}, the position in memory");
        if (bracket < 0)
        {
            return testCase.Reduction != Reduction.None
                ? target
                : throw new InvalidInputException($"The case '{text}' is not reduced, so that an element must be named, as in '{Example}'; {allowed}.");
        }

        string index = text[(bracket + 1)..^1];
        return int.TryParse(index, NumberStyles.None, CultureInfo.InvariantCulture, out int element) && element < count
            ? target with { Index = element }
            : throw new InvalidInputException($"The case '{testCase.Id}' has no element '{index}'; {allowed}.");
    }

    /// <summary>A pair that somebody typed, as bits or in decimal.</summary>
    public static ExplainTarget OfPair(Loss loss, DType dtype, string logit, string label, LossOptions options)
    {
        if (!double.IsFinite(dtype.ToDouble(dtype.ToBits(options.PosWeight))))
        {
            throw new InvalidInputException(string.Create(
                CultureInfo.InvariantCulture,
                $"The positive weight is {options.PosWeight}, which is beyond {dtype}; give a number of at most {dtype.ToDecimal(dtype.ToBits(dtype.MaxValue))}."));
        }

        return new ExplainTarget
        {
            Loss = loss,
            DType = dtype,
            Options = options,
            Index = 0,
            Pair = (ParseBits(dtype, logit, "--logit"), ParseBits(dtype, label, "--label")),
        };
    }

    /// <summary>Writes the inputs into memory of <see cref="InputShape"/>.</summary>
    public void FillInputs(Tensor logits, Tensor labels)
    {
        if (Case is not null)
        {
            Case.FillInputs(logits, labels);
        }
        else
        {
            logits.SetBits(0, Pair.Logit);
            labels.SetBits(0, Pair.Label);
        }
    }

    private static ulong ParseBits(DType dtype, string text, string option)
    {
        if (text.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
        {
            return ParseHex(dtype, text, option);
        }

        double value = text.ToLowerInvariant() switch
        {
            "nan" => double.NaN,
            "inf" or "+inf" => double.PositiveInfinity,
            "-inf" => double.NegativeInfinity,
            _ => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number
                : throw new InvalidInputException($"{option} is '{text}'; give bits, as in 0x{dtype.ToHex(dtype.ToBits(2.5))}, or a decimal, as in 2.5, inf or nan."),
        };

        // An infinity must be meant.
        ulong bits = double.IsNaN(value) ? dtype.QuietNaN : dtype.ToBits(value);
        return double.IsInfinity(dtype.ToDouble(bits)) && !text.Contains("inf", StringComparison.OrdinalIgnoreCase)
            ? throw new InvalidInputException($"{option} is {text}, which is beyond the largest value of {dtype}, {dtype.ToDecimal(dtype.ToBits(dtype.MaxValue))}; write inf for an infinity.")
            : bits;
    }

    private static ulong ParseHex(DType dtype, string text, string option)
    {
        string digits = text[2..];
        if (!digits.All(char.IsAsciiHexDigit))
        {
            throw new InvalidInputException($"{option} is {text}, which has another character than the digits 0-9 and a-f; give the bits of a {dtype}, as in 0x{dtype.ToHex(dtype.ToBits(2.5))}.");
        }

        if (digits.Length != dtype.HexDigits)
        {
            ImmutableArray<DType> others = [.. DType.All.Where(other => other.HexDigits == digits.Length)];
            string which = others.IsEmpty ? "as no dtype has" : $"which would be {string.Join(" or ", others)}";
            throw new InvalidInputException(string.Create(
                CultureInfo.InvariantCulture,
                $"{option} is {text}, which has {digits.Length} hexadecimal digits, {which}; give the {dtype.HexDigits} digits of {dtype}, or another --dtype."));
        }

        return ulong.Parse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
    }
}
