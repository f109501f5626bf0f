using System.Collections.Immutable;
using System.CommandLine;
using Conformance.Cli.Explain;
using Conformance.Core;
using Conformance.Core.Backends;
using Conformance.Core.Judging;
using Conformance.Core.Losses;
using Conformance.Core.Tensors;
using Conformance.Core.Waivers;
using Conformance.Isolation;

namespace Conformance.Cli;

/// <summary><c>explain</c>: one element, with its truth and how every implementation stands to it.</summary>
internal static class ExplainVerb
{
    public static Command Create(BackendCatalog catalog)
    {
        Argument<string?> element = new("CASE[INDEX]")
        {
            Description = "A case's id and the element's position in memory; the id alone for the value of a reduced case.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        Option<string?> logit = new("--logit") { Description = "In place of a case: a logit, as bits (0x41200000) or in decimal." };
        Option<string?> label = new("--label") { Description = "With --logit: the label, likewise." };
        Option<string?> dtype = new("--dtype") { Description = $"With --logit: {string.Join(", ", DType.All)}; float32 by default." };
        Option<string?> loss = new("--loss") { Description = $"With --logit: {string.Join(", ", Loss.All)}; the first by default." };
        Option<double?> posWeight = new("--pos-weight") { Description = "With --logit: the factor of the loss's positive part. The truth alone has it." };
        Option<double?> labelSmoothing = new("--label-smoothing") { Description = "With --logit: a in z*(1-a) + a/2. The truth alone has it." };
        Option<string[]> backends = new("--backends") { Description = $"Backends, separated by commas: {string.Join(", ", BackendCatalog.Names)}; all by default." };
        Option<string[]> require = new("--require") { Description = $"Backends without which it fails with exit code 3; {RunVerb.RequireVariable} adds to them." };
        Option<double> rtol = new("--rtol") { Description = "Relative tolerance of isclose.", DefaultValueFactory = _ => Tolerance.Default.Relative };
        Option<double> atol = new("--atol") { Description = "Absolute tolerance of isclose.", DefaultValueFactory = _ => Tolerance.Default.Absolute };
        Option<string?> waivers = new("--waivers") { Description = "The file of known deviations; golden/waivers.json by default." };
        Option<bool> json = new("--json") { Description = "As JSON." };
        Command command = new("explain", "Explains one element: its truth, every implementation's output, and what was lost where.")
        {
            element, logit, label, dtype, loss, posWeight, labelSmoothing, backends, require, rtol, atol, waivers, json,
        };
        command.SetAction((result, cancellationToken) =>
        {
            ExplainTarget target;
            if (result.GetValue(element) is { } given)
            {
                string[] others = [.. new Option[] { logit, label, dtype, loss, posWeight, labelSmoothing }.Where(option => result.GetResult(option) is not null).Select(option => option.Name)];
                target = others.Length == 0
                    ? ExplainTarget.OfCase(given)
                    : throw new InvalidInputException($"The case '{given}' and {string.Join(", ", others)} are both given; give a case, which says all of it, or --logit and --label.");
            }
            else
            {
                target = result.GetValue(logit) is { } x && result.GetValue(label) is { } z
                    ? ExplainTarget.OfPair(
                        FindLoss(result.GetValue(loss)),
                        FindDType(result.GetValue(dtype)),
                        x,
                        z,
                        new LossOptions { PosWeight = result.GetValue(posWeight) ?? 1, LabelSmoothing = result.GetValue(labelSmoothing) ?? 0 })
                    : throw new InvalidInputException($"There is nothing to explain; give an element of a case, as in '{ExplainTarget.Example}', or both --logit and --label.");
            }

            string[] required = [.. result.GetValue(require) ?? [], Environment.GetEnvironmentVariable(RunVerb.RequireVariable) ?? string.Empty];
            ImmutableArray<string> selected = BackendSession.Check(result.GetValue(backends) ?? [], BackendCatalog.Names, "backend");
            return ExecuteAsync(
                catalog,
                target,
                selected.IsEmpty ? [.. BackendCatalog.Names] : selected,
                BackendSession.Check(required, BackendCatalog.Names, "backend"),
                new Tolerance(NumberOption.NotNegative(result.GetValue(rtol), "--rtol"), NumberOption.NotNegative(result.GetValue(atol), "--atol")),
                result.GetValue(waivers) ?? GoldenFolder.WaiverFile,
                result.GetValue(json),
                cancellationToken);
        });
        return command;
    }

    private static async Task<int> ExecuteAsync(
        BackendCatalog catalog,
        ExplainTarget target,
        ImmutableArray<string> selected,
        ImmutableArray<string> required,
        Tolerance tolerance,
        string waiverFile,
        bool json,
        CancellationToken cancellationToken)
    {
        ImmutableArray<Waiver> waivers = WaiverFile.Read(waiverFile);
        IReadOnlyList<ImplementationInfo> declared = await catalog.DeclaredAsync().ConfigureAwait(false);
        string? notAsked = target.Options != LossOptions.Default ? "No implementation is asked: none computes a positive weight or smooths labels yet."
            : declared.Any(implementation => implementation.Supports(target.DType, target.Reduction)) ? null
            : declared.Any(implementation => implementation.DTypes.Contains(target.DType)) ? $"No implementation computes the reduction '{target.Reduction}' in {target.DType}."
            : $"No implementation computes {target.DType}.";
        string[] wanted =
        [
            .. selected.Where(name => required.Contains(name)
                || (notAsked is null && declared.Any(implementation => implementation.Backend == name && implementation.Supports(target.DType, target.Reduction)))),
        ];

        StandardErrorProgress progress = new();
        await using BackendSession session = await BackendSession.StartAsync(
            catalog, wanted, new IsolationLimits(), progress, cancellationToken).ConfigureAwait(false);
        using SharedTensorArena arena = new();
        Tensor logits = arena.Allocate(target.DType, target.InputShape);
        Tensor labels = arena.Allocate(target.DType, target.InputShape);
        target.FillInputs(logits, labels);
        IReadOnlyList<CaseOutput>[] outputs = await Task.WhenAll(session.Started
            .Where(backend => backend.Status.IsAvailable && notAsked is null)
            .Select(backend => EvaluateAsync(backend.Backend, target, logits, labels, arena, cancellationToken))).ConfigureAwait(false);
        progress.Finish();

        Explanation explanation = Explanation.Of(target, logits, labels, [.. outputs.SelectMany(output => output)], session.Started, tolerance, waivers, notAsked);
        if (json)
        {
            explanation.WriteJson(Console.Out);
        }
        else
        {
            ExplanationText.Write(explanation, Console.Out);
        }

        string[] missing = [.. required.Where(name => !session.Started.Any(backend => backend.Backend.Name == name && backend.Status.IsAvailable))];
        foreach (string name in missing)
        {
            Console.Error.WriteLine($"{name} is required and {(selected.Contains(name) ? "not available" : "not among --backends")}.");
        }

        return missing.Length == 0 ? ExitCode.Conformant : ExitCode.RequiredUnavailable;
    }

    // The whole case: what an element becomes depends in some backends on where it lies in the buffer.
    private static async Task<IReadOnlyList<CaseOutput>> EvaluateAsync(
        IBackend backend, ExplainTarget target, Tensor logits, Tensor labels, SharedTensorArena arena, CancellationToken cancellationToken)
    {
        EvaluationRequest[] requests =
        [
            .. from implementation in backend.Implementations
               where implementation.Supports(target.DType, target.Reduction)
               select new EvaluationRequest(
                   target.Name,
                   implementation,
                   target.Loss,
                   target.Reduction,
                   logits,
                   labels,
                   arena.Allocate(target.DType, target.Reduction.LossShape(target.InputShape)).Poison(),
                   target.Index is null ? null : arena.Allocate(target.DType, target.InputShape).Poison()),
        ];
        IReadOnlyList<Evaluation> evaluations = await backend.EvaluateAsync(requests, cancellationToken).ConfigureAwait(false);
        return [.. requests.Zip(evaluations, (request, evaluation) => new CaseOutput(request.Implementation, evaluation, request.Loss, request.Gradient))];
    }

    private static Loss FindLoss(string? name) => name is null
        ? Loss.All[0]
        : Loss.Find(name) ?? throw new InvalidInputException($"There is no loss '{name}'; use {string.Join(", ", Loss.All)}.");

    private static DType FindDType(string? name) => name is null
        ? DType.Float32
        : DType.Find(name) ?? throw new InvalidInputException($"There is no dtype '{name}'; use one of {string.Join(", ", DType.All)}.");
}
