using System.Globalization;
using Conformance.Core.Tensors;
using Conformance.Golden.Vectors;

namespace Conformance.Golden.Linting;

/// <summary>What is looked for in one valid vector file.</summary>
internal static class VectorLint
{
    /// <summary>What is not as it must be in a file of its own.</summary>
    /// <param name="path">The file's path.</param>
    /// <param name="file">The file.</param>
    /// <returns>The findings.</returns>
    public static IEnumerable<LintFinding> Find(string path, VectorFile file) =>
        [.. FindLoss(path, file), .. FindFlags(path, file), .. file.Tests.SelectMany((test, i) => FindInTest(path, file, test, NameOf(test, i)))];

    /// <summary>What findings call a test.</summary>
    /// <param name="test">The test.</param>
    /// <param name="index">Its index.</param>
    /// <returns>Its id, or # and its number.</returns>
    public static string NameOf(VectorTest test, int index) => test.Id ?? string.Create(CultureInfo.InvariantCulture, $"#{index + 1}");

    /// <summary>What a test asks, so that two tests which ask the same are noticed.</summary>
    /// <param name="file">Its file.</param>
    /// <param name="test">The test.</param>
    /// <returns>Equal texts for equal questions.</returns>
    public static string InputsOf(VectorFile file, VectorTest test) => string.Create(
        CultureInfo.InvariantCulture,
        $"{file.Loss} {test.DType} {test.Layout} {test.Options} {TextOf(test.Inputs.Logits)} {TextOf(test.Inputs.Labels)} {TextOf(test.Inputs.SampleWeight)}");

    private static string TextOf(VectorTensor? tensor) => tensor is null ? "-" : $"[{string.Join(' ', tensor.Shape)}]{tensor.Bits}";

    private static IEnumerable<LintFinding> FindLoss(string path, VectorFile file)
    {
        string name = Path.GetFileName(path);
        if (name.Split('.')[0] != file.Loss)
        {
            yield return new LintFinding(path, LintRule.Loss, null, "loss", $"is '{file.Loss}', where the file's name '{name}' begins with another; name the file {file.Loss}.NAME.json");
        }
    }

    private static IEnumerable<LintFinding> FindFlags(string path, VectorFile file) =>
        from flag in file.Flags.Keys
        where !file.Tests.Any(test => test.Flags.Contains(flag))
        select new LintFinding(path, LintRule.DeadFlag, null, $"flags.{flag}", "is declared, and no test has it; give it a test or take it out");

    private static IEnumerable<LintFinding> FindInTest(string path, VectorFile file, VectorTest test, string name)
    {
        if (!file.Flags.IsEmpty && test.Flags.IsEmpty)
        {
            yield return new LintFinding(path, LintRule.Unexplained, name, "flags", "are absent, so that nothing says why the test is there; give it one of the file's flags");
        }

        if (!file.Flags.IsEmpty && test.Expected is null)
        {
            yield return new LintFinding(path, LintRule.Expected, name, "expected", "is absent; add the truth with 'conformance eval --implementation oracle'");
        }

        DType dtype = DType.Find(test.DType)!;
        foreach ((string field, VectorTensor? tensor) in new[] { ("loss", test.Expected?.Loss), ("gradient", test.Expected?.Gradient) })
        {
            if (tensor is not null && FindNaN(tensor, dtype) is { } found)
            {
                yield return new LintFinding(path, LintRule.NaN, name, $"expected.{field}.bits", found);
            }
        }
    }

    private static string? FindNaN(VectorTensor tensor, DType dtype)
    {
        for (int i = 0; i < tensor.Bits.Length / dtype.HexDigits; i++)
        {
            ulong bits = tensor.BitsAt(dtype, i);
            if (bits != dtype.QuietNaN && double.IsNaN(dtype.ToDouble(bits)))
            {
                return string.Create(CultureInfo.InvariantCulture, $"have {dtype.ToHex(bits)} as element {i}, where {dtype.ToHex(dtype.QuietNaN)} is the only NaN allowed");
            }
        }

        return null;
    }
}
