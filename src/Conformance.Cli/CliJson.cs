using System.Text.Json.Serialization;
using Conformance.Golden.Linting;

namespace Conformance.Cli;

[JsonSourceGenerationOptions(
    WriteIndented = true,
    NewLine = "\n",
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Dictionary<string, Dictionary<string, string>>))]
[JsonSerializable(typeof(DoctorVerb.Report))]
[JsonSerializable(typeof(EvalVerb.Report), TypeInfoPropertyName = "EvaluationReport")]
[JsonSerializable(typeof(ListVerb.ContractListing[]))]
[JsonSerializable(typeof(GoldenExportVerb.Report), TypeInfoPropertyName = "ExportReport")]
[JsonSerializable(typeof(FormatReport))]
[JsonSerializable(typeof(GoldenRecordVerb.Report), TypeInfoPropertyName = "RecordReport")]
[JsonSerializable(typeof(List<GoldenRecordVerb.Report>), TypeInfoPropertyName = "RecordReports")]
internal sealed partial class CliJson : JsonSerializerContext;
