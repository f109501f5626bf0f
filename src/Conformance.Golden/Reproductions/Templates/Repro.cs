// <directives>
// </directives>
// Repeats one failure that `conformance check` found: on these inputs, this implementation is not what the loss is.
//
//     dotnet run Repro.cs
//
// prints the inputs, what the implementation returns now, the truth, which is the real-number value rounded once, and how far apart the two are
// in units in the last place (ULP). Exit code 1 says that it still fails, 0 that it does not.
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
byte[] logits = Failure.ToBytes(Failure.Logits);
byte[] labels = Failure.ToBytes(Failure.Labels);
if (args.Contains("--once"))
{
    Array.ForEach(Failure.Outputs, output => Subject.Evaluate(logits, labels, output));
    return 0;
}

Console.WriteLine($"{Failure.Implementation}: {Failure.Check ?? Failure.Outcome} of {Failure.Output ?? "the evaluation"}, {Failure.DType}[{string.Join(", ", Failure.Shape)}], reduction {Failure.Reduction}");
string[] x = Failure.ToHex(logits);
string[] z = Failure.ToHex(labels);
for (int i = 0; i < Math.Min(x.Length, 32); i++)
{
    Console.WriteLine($"  logit[{i}] {Failure.Show(x[i])}, label[{i}] {Failure.Show(z[i])}");
}

bool failed = Failure.Outcome != "Completed" ? Failure.Ends() : Failure.Check == "Repeat" ? Failure.Differs(logits, labels) : Failure.IsWrong(Subject.Evaluate(logits, labels, Failure.Output!));
Console.WriteLine(failed ? "It still fails." : "It does not fail any more.");
return failed ? 1 : 0;

/// <summary>What the implementation returned: little-endian bytes, row-major.</summary>
sealed record Output(string DType, int[] Shape, byte[] Data);

/// <summary>The failure as it was found.</summary>
static class Failure
{
    // <data>
    public const string Implementation = "assembly/My.dll:Loss";
    public const string Outcome = "Completed";
    public const string? Check = "Value";
    public const string? Output = "loss";
    public static readonly string[] Outputs = ["loss"];
    public const string Reduction = "none";
    public const string DType = "float32";
    public const string Logits = "42b20000";
    public const string Labels = "00000000";
    public const string Returned = "7f800000";
    public const bool FlushesSubnormals = false;
    public const double Seconds = 60.0;
    public static readonly int[] Shape = [1, 1, 1];
    public static readonly int[] OutputShape = [1, 1, 1];

    // Of each element: the truth's bits, (real value - truth) in ULP, the exponent of an ULP, how many ULP are allowed (null: this element is waived).
    public static readonly (string Bits, double Residual, int Exponent, double? Allowed)[] Truth =
    [
        ("42b20000", 0.0, -17, 4.0),
    ];
    // </data>

    private const int Repeats = 20;

    private static int Size => DType switch { "float64" => 8, "float32" => 4, _ => 2 };

    public static byte[] ToBytes(string digits)
    {
        byte[] bytes = Convert.FromHexString(digits);
        for (int i = 0; i < bytes.Length; i += Size)
        {
            Array.Reverse(bytes, i, Size);
        }

        return bytes;
    }

    public static string[] ToHex(byte[] data) => [.. data.Chunk(Size).Select(element => Convert.ToHexStringLower([.. element.Reverse()]))];

    public static double Value(string bits)
    {
        ulong number = ulong.Parse(bits, NumberStyles.AllowHexSpecifier);
        return DType switch
        {
            "float64" => BitConverter.UInt64BitsToDouble(number),
            "float32" => BitConverter.UInt32BitsToSingle((uint)number),
            "bfloat16" => BitConverter.UInt32BitsToSingle((uint)number << 16),
            _ => (double)BitConverter.UInt16BitsToHalf((ushort)number),
        };
    }

    public static string Show(string bits) => DType == "float64" ? $"{Value(bits):R} (0x{bits})" : $"{(float)Value(bits):R} (0x{bits})";

    public static bool IsWrong(Output output)
    {
        if (!output.Shape.SequenceEqual(OutputShape) || output.DType != DType)
        {
            Console.WriteLine($"returned {output.DType}[{string.Join(", ", output.Shape)}] where {DType}[{string.Join(", ", OutputShape)}] is asked for");
            return true;
        }

        int wrong = 0;
        string[] returned = ToHex(output.Data);
        for (int i = 0; i < returned.Length; i++)
        {
            (string bits, double residual, int exponent, double? allowed) = Truth[i];
            double value = Value(returned[i]);
            double truth = Value(bits);
            bool isSame = value.Equals(truth) || value == truth;
            double ulps = isSame ? (double.IsFinite(truth) ? -residual : 0)
                : double.IsFinite(value) && double.IsFinite(truth) ? Math.ScaleB(value - truth, -exponent) - residual
                : double.PositiveInfinity;
            double smallestNormal = DType switch { "float16" => Math.ScaleB(1, -14), "float64" => Math.ScaleB(1, -1022), _ => Math.ScaleB(1, -126) };
            bool isWithin = allowed is null || isSame || Math.Abs(ulps) < allowed || (FlushesSubnormals && value == 0 && Math.Abs(truth) < smallestNormal);
            wrong += isWithin ? 0 : 1;
            if (!isWithin || Truth.Length <= 8)
            {
                Console.WriteLine($"{Output}[{i}]: returned {Show(returned[i])}, truth {Show(bits)}: {ulps:G6} ULP, allowed {(allowed is { } most ? $"{most:R}" : "any")}: {(isWithin ? "ok" : "WRONG")}");
            }
        }

        // Within the bound, and impossible all the same: it fails for as long as it returns what it did.
        return wrong > 0 || (Check is "Range" or "Monotone" && string.Concat(returned) == Returned);
    }

    /// <summary>Evaluates again and again; the first time does not count.</summary>
    public static bool Differs(byte[] logits, byte[] labels)
    {
        Subject.Evaluate(logits, labels, Output!);
        string[] seen = [.. Enumerable.Range(0, Repeats).Select(_ => Convert.ToHexString(Subject.Evaluate(logits, labels, Output!).Data)).Distinct()];
        foreach (string output in seen)
        {
            Console.WriteLine($"returned {string.Join(", ", ToHex(Convert.FromHexString(output)).Take(8).Select(Show))}");
        }

        return seen.Length > 1;
    }

    /// <summary>Evaluates in a process of its own, which may end as it likes.</summary>
    public static bool Ends()
    {
        using Process process = Process.Start(Environment.ProcessPath!, [.. Environment.GetCommandLineArgs()[0] is { } entry && entry.EndsWith(".dll") && !Environment.ProcessPath!.EndsWith(Path.GetFileNameWithoutExtension(entry)) ? (string[])[entry] : [], "--once"]);
        if (process.WaitForExit(TimeSpan.FromSeconds(Seconds)))
        {
            return process.ExitCode != 0;
        }

        process.Kill(entireProcessTree: true);
        return true;
    }
}

// <evaluate>
/// <summary>The implementation.</summary>
static class Subject
{
    public static Output Evaluate(byte[] logits, byte[] labels, string output) => throw new NotImplementedException();
}
// </evaluate>
