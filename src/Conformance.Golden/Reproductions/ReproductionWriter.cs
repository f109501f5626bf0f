using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Conformance.Core.Backends;
using Conformance.Core.Judging;
using Conformance.Core.Oracles;
using Conformance.Core.Shrinking;
using Conformance.Golden.Exports;
using Conformance.Golden.Vectors;
using Onnx;

namespace Conformance.Golden.Reproductions;

/// <summary>
/// Writes a shrunken failure as a folder that repeats it by itself: <c>case.json</c>, a vector file; <c>repro.py</c> and <c>Repro.cs</c>, which
/// evaluate the implementation again and say whether it still fails; and where that is an ONNX model, it and <c>test_data_set_0</c> in the
/// form of ONNX's own backend tests.
/// </summary>
/// <param name="subject">How the implementation is evaluated.</param>
/// <param name="judgement">By what it was judged.</param>
/// <param name="version">The version of the implementation's backend.</param>
/// <param name="limit">How long one evaluation may take.</param>
public sealed class ReproductionWriter(ReproductionSubject subject, Judgement judgement, string version, TimeSpan limit)
{
    private const string Script = "repro.py";
    private const string Program = "Repro.cs";

    private static readonly JsonSerializerOptions Literal = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>The name of a failure's folder: what fails, in characters that every file system takes.</summary>
    /// <param name="number">Its number in the run, from 1 on.</param>
    /// <param name="target">The failure.</param>
    /// <param name="implementation">The implementation's id.</param>
    /// <returns><c>01-python-losses.py-loss-loss-Value</c>.</returns>
    public static string NameOf(int number, ShrinkTarget target, string implementation)
    {
        const int Longest = 60;
        string what = target.Check is { } check ? $"{target.Output}-{check}" : target.Outcome.ToString();
        string safe = string.Concat(implementation.Select(character => char.IsAsciiLetterOrDigit(character) || character is '.' or '_' or '-' ? character : '-'));
        return string.Create(CultureInfo.InvariantCulture, $"{number:00}-{safe[..Math.Min(safe.Length, Longest)].TrimEnd('.')}-{what}");
    }

    /// <summary>Writes a failure.</summary>
    /// <param name="failure">The failure.</param>
    /// <param name="folder">A folder that is not there yet; its name becomes the test's id.</param>
    public void Write(ShrunkFailure failure, string folder)
    {
        Directory.CreateDirectory(folder);
        ReproductionCase reproduction = new(failure, judgement, Path.GetFileName(folder), version);
        using (FileStream file = File.Create(Path.Combine(folder, "case.json")))
        {
            reproduction.ToFile().Write(file);
        }

        (string Name, object? Value)[] constants = [.. Constants(failure, reproduction)];
        (Truth Truth, double? Allowed)[] elements = failure.Target.Output is null ? [] : [.. reproduction.Elements()];
        WriteText(folder, Script, PythonOf(constants, elements));
        WriteText(folder, Program, CSharpOf(constants, elements));
        WriteText(folder, "Directory.Build.props", PropertiesOf());
        if (subject is OnnxSubject onnx)
        {
            WriteOnnx(onnx, failure, reproduction, folder);
        }
    }

    private static void WriteText(string folder, string name, string text) => File.WriteAllText(Path.Combine(folder, name), text, Utf8);

    private static void WriteOnnx(OnnxSubject onnx, ShrunkFailure failure, ReproductionCase reproduction, string folder)
    {
        byte[] model = File.ReadAllBytes(onnx.Model);
        File.WriteAllBytes(Path.Combine(folder, "model.onnx"), model);
        ModelProto parsed = ModelProto.Parser.ParseFrom(model);
        GraphProto graph = parsed.Graph;
        CopyExternalData(parsed, Path.GetDirectoryName(onnx.Model)!, folder);
        string data = Directory.CreateDirectory(Path.Combine(folder, "test_data_set_0")).FullName;
        VectorTest test = reproduction.Test;

        // Runners feed the files in the order of the model's inputs, and compare them in that of its outputs.
        string[] inputs = [.. graph.Input.Select(input => input.Name).Where(name => name == onnx.Logits || name == onnx.Labels)];
        string[] outputs = [.. graph.Output.Select(output => output.Name).Where(name => name == onnx.Loss || name == onnx.Gradient)];
        Write("input", inputs, name => name == onnx.Logits ? test.Inputs.Logits : test.Inputs.Labels);
        Write("output", outputs, name => name == onnx.Loss ? test.Expected!.Loss : test.Expected!.Gradient!);

        void Write(string role, string[] names, Func<string, VectorTensor> tensorOf)
        {
            for (int i = 0; i < names.Length; i++)
            {
                OnnxTensorFile.Write(Path.Combine(data, string.Create(CultureInfo.InvariantCulture, $"{role}_{i}.pb")), names[i], failure.Logits.DType, tensorOf(names[i]));
            }
        }
    }

    // What a model keeps in files beside it, which runtimes look for beside the copy; none of them reads a place outside the model's folder.
    private static void CopyExternalData(ModelProto model, string source, string folder)
    {
        IEnumerable<string> locations =
            from tensor in TensorsOf(model.Graph).Concat(model.Functions.SelectMany(function => TensorsOf(function.Node)))
            where tensor.DataLocation == TensorProto.Types.DataLocation.External
            from entry in tensor.ExternalData
            where entry.Key == "location" && !Path.IsPathRooted(entry.Value) && !entry.Value.Split('/', '\\').Contains("..")
            select entry.Value;
        foreach (string location in locations.Distinct(StringComparer.Ordinal))
        {
            string copy = Path.Combine(folder, location);
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(Path.Combine(source, location), copy);
        }
    }

    private static IEnumerable<TensorProto> TensorsOf(GraphProto graph) =>
        [.. graph.Initializer, .. graph.SparseInitializer.SelectMany(sparse => (TensorProto[])[sparse.Values, sparse.Indices]), .. TensorsOf(graph.Node)];

    // Constants, and the branches of If and the bodies of Loop and Scan, which are graphs of their own.
    private static IEnumerable<TensorProto> TensorsOf(IEnumerable<NodeProto> nodes) => nodes.SelectMany(node => node.Attribute).SelectMany(attribute =>
        (IEnumerable<TensorProto>)[.. attribute.T is { } tensor ? [tensor] : Array.Empty<TensorProto>(), .. attribute.Tensors, .. (attribute.G is { } branch ? [branch] : Array.Empty<GraphProto>()).Concat(attribute.Graphs).SelectMany(TensorsOf)]);

    private IEnumerable<(string Name, object? Value)> Constants(ShrunkFailure failure, ReproductionCase reproduction)
    {
        bool isCompleted = failure.Target.Outcome == Outcome.Completed;
        yield return ("IMPLEMENTATION", failure.Implementation.Id);
        yield return ("CASE", failure.Target.Case.Id);
        yield return ("OUTCOME", failure.Target.Outcome.ToString());
        yield return ("CHECK", failure.Target.Check is { } check ? (failure.Finding?.Check ?? check).ToString() : null);
        yield return ("OUTPUT", failure.Target.Output);

        // Where nothing came back, each of them may be why.
        yield return ("OUTPUTS", failure.Target.Output is { } output ? [output] : failure.Implementation.HasGradient ? [Judge.LossName, Judge.GradientName] : (string[])[Judge.LossName]);
        yield return ("REDUCTION", failure.Target.Case.Reduction.Name);
        yield return ("DTYPE", failure.Logits.DType.Name);
        yield return ("SHAPE", failure.Logits.Shape.Dimensions);
        yield return ("LOGITS", failure.Logits.Hex);
        yield return ("LABELS", failure.Labels.Hex);
        yield return ("RETURNED", (reproduction.IsGradient ? failure.Gradient : failure.Loss)?.Hex ?? string.Empty);
        yield return ("OUTPUT_SHAPE", isCompleted ? reproduction.OutputShape.Dimensions : ImmutableArray<int>.Empty);
        yield return ("FLUSHES_SUBNORMALS", failure.Implementation.ContractFor(failure.Logits.DType).FlushesSubnormals);
        yield return ("SECONDS", limit.TotalSeconds);
        foreach ((string name, object value) in subject.Constants)
        {
            yield return (name, value);
        }
    }

    private string PythonOf((string Name, object? Value)[] constants, (Truth Truth, double? Allowed)[] elements)
    {
        if (subject.PythonTemplate is not { } evaluate)
        {
            return ReproductionTemplate.Read("delegate.py");
        }

        string[] lines =
        [
            .. constants.Select(constant => $"{constant.Name} = {Python(constant.Value)}"),
            string.Empty,
            "# Of each element: the truth's bits, (real value - truth) in ULP, the exponent of an ULP, how many ULP are allowed (None: this element is waived).",
            "TRUTH = [",
            .. elements.Select(element => $"    ({Quoted(BitsOf(element.Truth))}, {Python(element.Truth.Residual)}, {Python(element.Truth.UlpExponent)}, {Python(element.Allowed)}),"),
            "]",
        ];
        string script = ReproductionTemplate.Fill(ReproductionTemplate.Read(Script), "data", lines);
        return ReproductionTemplate.Fill(script, "evaluate", ReproductionTemplate.Read(evaluate).TrimEnd('\n').Split('\n'));
    }

    private string CSharpOf((string Name, object? Value)[] constants, (Truth Truth, double? Allowed)[] elements)
    {
        if (subject.CSharpTemplate is not { } evaluate)
        {
            return ReproductionTemplate.Fill(ReproductionTemplate.Read("Delegate.cs"), "data", [$"const string Python = {Quoted(subject.Python)};"]);
        }

        string[] own = [.. subject.Constants.Select(constant => constant.Name)];
        string[] lines =
        [
            .. constants.Where(constant => !own.Contains(constant.Name)).Select(CSharpConstant),
            string.Empty,
            "// Of each element: the truth's bits, (real value - truth) in ULP, the exponent of an ULP, how many ULP are allowed (null: this element is waived).",
            "public static readonly (string Bits, double Residual, int Exponent, double? Allowed)[] Truth =",
            "[",
            .. elements.Select(element => $"    ({Quoted(BitsOf(element.Truth))}, {CSharp(element.Truth.Residual)}, {CSharp(element.Truth.UlpExponent)}, {CSharp(element.Allowed)}),"),
            "];",
        ];
        string program = ReproductionTemplate.Fill(ReproductionTemplate.Read(Program), "directives", subject.Directives);
        program = ReproductionTemplate.Fill(program, "data", lines);
        List<string> evaluation = [.. ReproductionTemplate.Read(evaluate).TrimEnd('\n').Split('\n')];
        evaluation.InsertRange(evaluation.IndexOf("{") + 1, [.. constants.Where(constant => own.Contains(constant.Name)).Select(CSharpConstant), string.Empty]);
        return ReproductionTemplate.Fill(program, "evaluate", evaluation);
    }

    // What stands above the folder, such as a repository's own rules for its projects, must not reach a program that is none of them.
    private string PropertiesOf() =>
        $"""
        <Project>
          <PropertyGroup>
            <ManagePackageVersionsCentrally>false</ManagePackageVersionsCentrally>
            <RestorePackagesWithLockFile>false</RestorePackagesWithLockFile>
            <PublishAot>false</PublishAot>
            <TreatWarningsAsErrors>false</TreatWarningsAsErrors>
          </PropertyGroup>
          <ItemGroup>
        {string.Concat(subject.References.Select(path => $"    <Reference Include=\"{Path.GetFileNameWithoutExtension(path)}\" HintPath=\"{System.Security.SecurityElement.Escape(path)}\" />\n"))}  </ItemGroup>
        </Project>

        """.ReplaceLineEndings("\n");

    private static string BitsOf(in Truth truth) => truth.DType.ToHex(double.IsNaN(truth.Value) ? truth.DType.QuietNaN : truth.DType.ToBits(truth.Value));

    private static string CSharpConstant((string Name, object? Value) constant)
    {
        string name = constant.Name == "DTYPE" ? "DType" : string.Concat(constant.Name.Split('_').Select(word => word[..1] + word[1..].ToLowerInvariant()));
        return constant.Value switch
        {
            ImmutableArray<int> => $"public static readonly int[] {name} = {CSharp(constant.Value)};",
            string[] => $"public static readonly string[] {name} = {CSharp(constant.Value)};",
            bool => $"public static readonly bool {name} = {CSharp(constant.Value)};",
            double => $"public const double {name} = {CSharp(constant.Value)};",
            _ => $"public static readonly string{(constant.Name is "CHECK" or "OUTPUT" ? "?" : string.Empty)} {name} = {CSharp(constant.Value)};",
        };
    }

    private static string Quoted(string text) => JsonSerializer.Serialize(text, Literal);

    private static string Python(object? value) => value switch
    {
        null => "None",
        bool flag => flag ? "True" : "False",
        double number => double.IsFinite(number) ? Number(number) : double.IsNaN(number) ? "math.nan" : number > 0 ? "math.inf" : "-math.inf",
        int number => Invariant(number),
        ImmutableArray<int> extents => $"({string.Join(", ", extents.Select(Invariant))}{(extents.Length == 1 ? "," : string.Empty)})",
        string[] words => $"[{string.Join(", ", words.Select(Quoted))}]",
        _ => Quoted((string)value),
    };

    private static string CSharp(object? value) => value switch
    {
        null => "null",
        bool flag => flag ? "true" : "false",
        double number => double.IsFinite(number) ? Number(number) : double.IsNaN(number) ? "double.NaN" : number > 0 ? "double.PositiveInfinity" : "double.NegativeInfinity",
        int number => Invariant(number),
        ImmutableArray<int> extents => $"[{string.Join(", ", extents.Select(Invariant))}]",
        string[] words => $"[{string.Join(", ", words.Select(Quoted))}]",
        _ => Quoted((string)value),
    };

    private static string Invariant(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Number(double number)
    {
        string text = number.ToString("R", CultureInfo.InvariantCulture);
        return text.Contains('.', StringComparison.Ordinal) || text.Contains('E', StringComparison.Ordinal) ? text : text + ".0";
    }
}
