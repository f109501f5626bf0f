using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Conformance.Core;
using Conformance.Golden.Linting;
using Conformance.Golden.Storage;
using Conformance.Golden.Vectors;

namespace Conformance.Golden.Tests.Linting;

/// <summary>A golden folder in memory with a vector file that has every field, in which nothing is to be found.</summary>
internal static class GoldenSample
{
    public const string Entry = "vectors/sigmoid_cross_entropy.sample.json";
    public const string Path = "golden/" + Entry;
    public const string ManifestPath = "golden/manifest.json";
    public const string WaiverPath = "golden/waivers.json";
    public const string Tail = "tail-lost/float32/none";
    public const string NaN = "nan-label/float32/none";
    public const string Weighted = "weighted/float64/mean";
    public const string Case = "sigmoid_cross_entropy/float32/channels_first/none/1x1x1/normal/soft/seed1/draw0";

    public static readonly byte[] Vectors = Canonical(
        $$"""
        { "format": "conformance-vectors/1", "loss": "sigmoid_cross_entropy",
          "source": { "tool": "a test", "version": "1", "seed": "7" },
          "provenance": { "fake": "1.0", "processor": "an é" },
          "flags": { "NaN": { "description": "Hides NaN." }, "Tail": { "description": "Loses the tail.", "issue": "https://example.org/1" } },
          "count": 4,
          "tests": [
            { "id": "{{Tail}}", "flags": ["Tail"], "dtype": "float32", "layout": "channels_first", "options": { "reduction": "none" },
              "inputs": { "logits": { "shape": [1], "bits": "c1a00000" }, "labels": { "shape": [1], "bits": "00000000" } },
              "expected": { "loss": { "shape": [1], "bits": "310da433" }, "gradient": { "shape": [1], "bits": "310da433" } },
              "recorded": { "fake/exact": { "version": "1.0", "loss": { "shape": [1], "bits": "310da433" }, "gradient": { "shape": [1], "bits": "310da433" } },
                            "fake/exact@0.9": { "version": "0.9", "loss": { "shape": [1], "bits": "00000000" } },
                            "fake/loose": { "version": "1.0", "error": { "type": "Timeout", "message": "It took \"long\"." } } } },
            { "id": "{{NaN}}", "flags": ["NaN", "Tail"], "dtype": "float32", "layout": "channels_last", "options": { "reduction": "none" },
              "inputs": { "logits": { "shape": [1, 2], "bits": "0000000041a00000" }, "labels": { "shape": [1, 2], "bits": "7fc000013f800000" } },
              "expected": { "loss": { "shape": [1, 2], "bits": "7fc00000310da433" }, "gradient": { "shape": [1, 2], "bits": "7fc00000b10da433" } } },
            { "id": "{{Weighted}}", "flags": ["Tail"], "dtype": "float64", "options": { "reduction": "mean", "posWeight": 2.5, "labelSmoothing": 0.1 },
              "inputs": { "logits": { "shape": [1], "bits": "c034000000000000" }, "labels": { "shape": [1], "bits": "0000000000000000" }, "sampleWeight": { "shape": [1], "bits": "3ff0000000000000" } },
              "expected": { "loss": { "shape": [], "bits": "3ff0000000000000" } } },
            { "id": "{{Case}}", "flags": ["Tail"], "dtype": "float32", "layout": "channels_first", "options": { "reduction": "none" },
              "inputs": { "logits": { "shape": [1, 1, 1], "bits": "c1a00000" }, "labels": { "shape": [1, 1, 1], "bits": "00000000" } },
              "expected": { "loss": { "shape": [1, 1, 1], "bits": "310da433" } } } ],
          "history": [ { "date": "2026-01-02", "reason": "New.", "changes": "4 tests", "provenance": { "fake": "1.0" } } ] }
        """);

    public static readonly byte[] Waivers = Encoding.UTF8.GetBytes(
        """
        {
          "format": "conformance-waivers/1",
          "waivers": [
            {
              "id": "nan-at-infinity",
              "implementations": ["fake/*"],
              "dtypes": ["float32"],
              "checks": ["NonFinite"],
              "when": { "logit": { "min": 1.5e3, "isInfinite": true } },
              "reason": "Known.",
              "source": "A test.",
              "until": "2030-12-31"
            }
          ]
        }

        """.ReplaceLineEndings("\n"));

    /// <summary>The vector file after a change; in canonical form where it is still valid.</summary>
    public static byte[] Change(Action<JsonNode> change)
    {
        JsonNode json = JsonNode.Parse(Vectors)!;
        change(json);
        string text = json.ToJsonString();
        try
        {
            return Canonical(text);
        }
        catch (InvalidInputException)
        {
            return Encoding.UTF8.GetBytes(text);
        }
    }

    public static LintFile File(string entry, byte[] content) => new($"golden/{entry}", entry, content);

    /// <summary>A manifest of files as they are.</summary>
    public static GoldenManifest ManifestOf(params IEnumerable<LintFile> files) => GoldenManifest.Of(files.Select(file => new GoldenManifestEntry
    {
        Path = file.Entry!,
        Sha256 = Convert.ToHexStringLower(SHA256.HashData(file.Content!)),
        Count = CountOf(file),
    }));

    /// <summary>Lints files whose manifest is right.</summary>
    public static LintReport Lint(params LintFile[] files) => Lint(ManifestOf(files).ToBytes(), files);

    /// <summary>Lints files with a manifest.</summary>
    public static LintReport Lint(byte[]? manifest, params LintFile[] files) =>
        GoldenLinter.Lint([new LintFolder(new LintFile(ManifestPath, null, manifest, "gone"), [.. files], WholeBelow: string.Empty)]);

    private static int CountOf(LintFile file)
    {
        try
        {
            return GoldenManifestEntry.Of(file.Entry!, file.Content).Count;
        }
        catch (InvalidInputException)
        {
            return 0;
        }
    }

    private static byte[] Canonical(string text) => Recording.ToBytes(VectorFile.Parse(Encoding.UTF8.GetBytes(text), "sample.json"));
}
