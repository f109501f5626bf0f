using Conformance.Core.Backends;
using Conformance.Core.Cases;
using Conformance.Core.Losses;
using Conformance.Core.Oracles;
using Conformance.Core.Tensors;
using Conformance.Core.Waivers;

namespace Conformance.Core.Judging;

/// <summary>
/// Judges the outputs of a case: shape and dtype by what the case asks for, then every element of every implementation by its truth, which
/// the oracle computes once for all. An output is right if it is within its implementation's contract of the truth, has the range that the loss
/// has, and follows the logit where the loss does. How implementations agree with each other is counted beside that, and decides nothing.
/// </summary>
/// <param name="tolerance">What is close.</param>
/// <param name="waivers">Known deviations.</param>
/// <param name="maxUlps">How far from the truth every output may be, in ULP, in place of the contracts' bounds; null for the contracts.</param>
public sealed class Judge(Tolerance tolerance, IReadOnlyList<WaiverUse> waivers, double? maxUlps = null)
{
    /// <summary>How many findings are kept; the rest are only counted.</summary>
    public const int MaxFindings = 1000;

    /// <summary>The name of the output that every implementation has.</summary>
    public const string LossName = "loss";

    /// <summary>The name of the gradient with respect to the logits.</summary>
    public const string GradientName = "gradient";

    // The values, truths and terms of a block of every implementation stay in the processor's caches.
    private const int BlockLength = 2048;

    private readonly Dictionary<(string Implementation, string Other, string DType, string Output), PairAgreement> _pairs = [];
    private readonly Dictionary<(string Implementation, string DType, string Output, string Reduction), AccuracyTally> _tallies = [];
    private readonly Dictionary<(string Implementation, string DType, string Output), ErrorProfile> _profiles = [];
    private readonly Dictionary<Loss, LossOracle> _oracles = [];
    private readonly List<Finding> _findings = [];
    private readonly Truth[] _truths = new Truth[BlockLength];
    private readonly OutputTerms[] _terms = new OutputTerms[BlockLength];

    /// <summary>Findings that no waiver covers, the first <see cref="MaxFindings"/>.</summary>
    public IReadOnlyList<Finding> Findings => _findings;

    /// <summary>How many findings there are that no waiver covers.</summary>
    public long FindingCount { get; private set; }

    /// <summary>How each pair compared, in the order in which pairs first met.</summary>
    public IEnumerable<PairAgreement> Pairs => _pairs.Values;

    /// <summary>How each implementation's outputs stand to the truth, in the order in which they were first judged.</summary>
    internal IEnumerable<AccuracyTally> Tallies => _tallies.Values;

    /// <summary>The errors of each implementation's outputs over the logit.</summary>
    internal IEnumerable<ErrorProfile> Profiles => _profiles.Values;

    /// <summary>The name of an output.</summary>
    /// <param name="isGradient">Whether it is the gradient.</param>
    /// <returns>The name.</returns>
    public static string NameOf(bool isGradient) => isGradient ? GradientName : LossName;

    /// <summary>Judges one case.</summary>
    /// <param name="testCase">The case.</param>
    /// <param name="logits">Its logits.</param>
    /// <param name="labels">Its labels.</param>
    /// <param name="outputs">What the implementations made of it; the earlier of two scales the tolerance of their agreement.</param>
    /// <returns>A verdict for each of the outputs.</returns>
    public IReadOnlyList<Verdict> JudgeCase(Case testCase, Tensor logits, Tensor labels, IReadOnlyList<CaseOutput> outputs)
    {
        Verdict[] verdicts = new Verdict[outputs.Count];
        for (int i = 0; i < outputs.Count; i++)
        {
            verdicts[i] = outputs[i].Evaluation.Outcome switch
            {
                Outcome.Completed => outputs[i].Evaluation.Recorded is null ? Verdict.Pass : Verdict.Recorded,
                Outcome.Unavailable => Verdict.Unavailable,
                Outcome.Crash => Verdict.Crash,
                Outcome.Timeout => Verdict.Timeout,
                _ => Verdict.Error,
            };
            if (verdicts[i] is Verdict.Pass or Verdict.Recorded)
            {
                NoteEvaluation(testCase, logits, labels, outputs[i]);
                verdicts[i] = Worse(verdicts[i], JudgeSignatures(testCase, logits, labels, outputs[i]));
            }
        }

        for (int i = 0; i < outputs.Count; i++)
        {
            if (outputs[i] is { Evaluation.Outcome: Outcome.Completed, Again: { } again })
            {
                verdicts[i] = Worse(verdicts[i], JudgeRepeat(testCase, logits, labels, outputs[i], again));
            }
        }

        CaseContext context = new(testCase, logits, labels, OracleOf(testCase.Draw.Loss));
        InvariantFindings invariants = new(context, maxUlps);
        JudgeOutput(context, isGradient: false, outputs, invariants, verdicts);
        JudgeOutput(context, isGradient: true, outputs, invariants, verdicts);
        return verdicts;
    }

    private void JudgeOutput(CaseContext context, bool isGradient, IReadOnlyList<CaseOutput> outputs, InvariantFindings invariants, Verdict[] verdicts)
    {
        JudgedOutput[] judged =
        [
            .. from position in Enumerable.Range(0, outputs.Count)
               let implementation = outputs[position].Implementation
               let actual = isGradient ? outputs[position].UsableGradient : outputs[position].UsableLoss
               where actual is not null
               select new JudgedOutput(
                   position,
                   implementation,
                   actual,
                   TallyOf(implementation, context.Case, isGradient),
                   context.IsReduced(isGradient) ? null : ProfileOf(implementation, context.Case, isGradient),
                   WaiversFor(implementation, context.Case, isGradient)),
        ];
        if (judged.Length == 0)
        {
            return;
        }

        PairComparison[] comparisons =
        [
            .. from other in Enumerable.Range(0, judged.Length)
               from index in Enumerable.Range(other + 1, judged.Length - other - 1)
               let pair = PairOf(judged[index].Implementation, judged[other].Implementation, context.Case.Draw.DType, NameOf(isGradient))
               select new PairComparison(context.Case.Id, pair, judged[index], judged[other], tolerance),
        ];
        int elements = judged[0].Actual.Shape.Count;
        for (int start = 0; start < elements; start += BlockLength)
        {
            int length = Math.Min(BlockLength, elements - start);
            Span<Truth> truths = _truths.AsSpan(0, length);
            Span<OutputTerms> terms = _terms.AsSpan(0, length);
            context.Compute(isGradient, start, truths, terms);
            foreach (JudgedOutput output in judged)
            {
                output.Judge(context, isGradient, start, truths, terms, maxUlps);
            }

            foreach (PairComparison comparison in comparisons)
            {
                comparison.Compare(start);
            }
        }

        foreach (JudgedOutput output in judged)
        {
            foreach (Deviation deviation in output.Deviations)
            {
                Verdict verdict = Report(deviation.ToFinding(context, isGradient, judged, maxUlps) with { Recorded = outputs[output.Position].Evaluation.Recorded }, deviation.Waiver);
                verdicts[output.Position] = Worse(verdicts[output.Position], verdict);
            }

            // What the truth has condemned needs no second finding.
            if (output.Deviations.Any(deviation => deviation.Waiver is null))
            {
                continue;
            }

            foreach ((Finding finding, WaiverUse? waiver) in invariants.Of(isGradient, output, judged))
            {
                verdicts[output.Position] = Worse(verdicts[output.Position], Report(finding with { Recorded = outputs[output.Position].Evaluation.Recorded }, waiver));
            }
        }
    }

    private static Verdict Worse(Verdict left, Verdict right) =>
        left is Verdict.Pass or Verdict.Recorded or Verdict.Waived && right != Verdict.Pass ? (Verdict)Math.Max((int)left, (int)right) : left;

    private PairAgreement PairOf(ImplementationInfo implementation, ImplementationInfo other, DType dtype, string output)
    {
        var key = (implementation.Id, other.Id, dtype.Name, output);
        if (!_pairs.TryGetValue(key, out PairAgreement? pair))
        {
            _pairs.Add(key, pair = new PairAgreement(implementation, other, dtype.Name, output));
        }

        return pair;
    }

    private AccuracyTally TallyOf(ImplementationInfo implementation, Case testCase, bool isGradient)
    {
        var key = (implementation.Id, testCase.Draw.DType.Name, NameOf(isGradient), testCase.Reduction.Name);
        if (!_tallies.TryGetValue(key, out AccuracyTally? tally))
        {
            _tallies.Add(key, tally = new AccuracyTally(implementation, testCase.Draw.DType, NameOf(isGradient), testCase.Reduction));
        }

        return tally;
    }

    private ErrorProfile ProfileOf(ImplementationInfo implementation, Case testCase, bool isGradient)
    {
        var key = (implementation.Id, testCase.Draw.DType.Name, NameOf(isGradient));
        if (!_profiles.TryGetValue(key, out ErrorProfile? profile))
        {
            _profiles.Add(key, profile = new ErrorProfile(implementation, testCase.Draw.DType, NameOf(isGradient)));
        }

        return profile;
    }

    private LossOracle OracleOf(Loss loss)
    {
        if (!_oracles.TryGetValue(loss, out LossOracle? oracle))
        {
            _oracles.Add(loss, oracle = loss.CreateOracle(LossOptions.Default));
        }

        return oracle;
    }

    private WaiverUse[] WaiversFor(ImplementationInfo implementation, Case testCase, bool isGradient) =>
        [.. waivers.Where(use => !use.IsExpired && use.Waiver.Concerns(implementation, testCase, NameOf(isGradient)))];

    private void NoteEvaluation(Case testCase, Tensor logits, Tensor labels, CaseOutput output)
    {
        // What another day returned cannot say that a deviation is gone, and of what it returned the dtype is not recorded.
        if (output.Evaluation.Recorded is not null)
        {
            return;
        }

        foreach (WaiverUse waiver in waivers)
        {
            if (waiver.Waiver.Concerns(output.Implementation, testCase, LossName)
                || (output.Gradient is not null && waiver.Waiver.Concerns(output.Implementation, testCase, GradientName)))
            {
                waiver.NoteEvaluation(output.Implementation.Id, logits, labels);
            }
        }
    }

    private Verdict JudgeSignatures(Case testCase, Tensor logits, Tensor labels, CaseOutput output)
    {
        Verdict verdict = Verdict.Pass;
        foreach ((string name, OutputSignature? actual, Tensor? expected) in new[]
        {
            (LossName, output.Evaluation.Loss, (Tensor?)output.Loss),
            (GradientName, output.Evaluation.Gradient, output.Gradient),
        })
        {
            if (expected is null)
            {
                continue;
            }

            if (actual is null || !actual.Shape.Equals(expected.Shape))
            {
                verdict = Worse(verdict, ReportSignature(
                    Check.Shape, actual is null ? "returned nothing" : $"returned shape [{actual.Shape}] where [{expected.Shape}] is asked for"));
            }
            else if (actual.DType != expected.DType.Name)
            {
                verdict = Worse(verdict, ReportSignature(Check.DType, $"returned {actual.DType} where {expected.DType} is asked for"));
            }

            Verdict ReportSignature(Check check, string message) => Report(
                new Finding { CaseId = testCase.Id, Output = name, Implementation = output.Implementation.Id, Recorded = output.Evaluation.Recorded, Check = check, Message = message },
                waivers.FirstOrDefault(waiver => waiver.Waiver.Concerns(output.Implementation, testCase, name)
                    && waiver.Covers(check, logits, labels, index: null)));
        }

        return verdict;
    }

    private Verdict JudgeRepeat(Case testCase, Tensor logits, Tensor labels, CaseOutput output, CaseOutput again)
    {
        if (again.Evaluation.Outcome != Outcome.Completed)
        {
            return ReportRepeat(LossName, index: null, count: 1, $"returned the first time and not the second: {again.Evaluation.Message}");
        }

        Verdict verdict = Verdict.Pass;
        foreach ((string name, Tensor? first, Tensor? second) in new[]
        {
            (LossName, output.UsableLoss, again.UsableLoss), (GradientName, output.UsableGradient, again.UsableGradient),
        })
        {
            if (first is null || second is null)
            {
                // A shape that is wrong twice is judged as what it is.
                verdict = first is null == second is null ? verdict
                    : Worse(verdict, ReportRepeat(name, index: null, count: 1, "returned another shape the second time"));
                continue;
            }

            int[] different = [.. Enumerable.Range(0, first.Shape.Count).Where(index => first.BitsAt(index) != second.BitsAt(index))];
            if (different.Length > 0)
            {
                DType dtype = first.DType;
                verdict = Worse(verdict, ReportRepeat(
                    name,
                    testCase.Reduction != Reduction.None && name == LossName ? null : different[0],
                    different.Length,
                    $"returned {Element.Of(dtype, first.BitsAt(different[0]))} the first time and {Element.Of(dtype, second.BitsAt(different[0]))} the second"));
            }
        }

        return verdict;

        Verdict ReportRepeat(string name, int? index, int count, string message) => Report(
            new Finding
            {
                CaseId = testCase.Id,
                Output = name,
                Implementation = output.Implementation.Id,
                Check = Check.Repeat,
                Count = count,
                Index = index,
                Logit = index is { } position ? Element.Of(logits.DType, logits.BitsAt(position)) : null,
                Label = index is { } same ? Element.Of(labels.DType, labels.BitsAt(same)) : null,
                Message = message,
            },
            WaiversFor(output.Implementation, testCase, name == GradientName).FirstOrDefault(waiver => waiver.Covers(Check.Repeat, logits, labels, index)));
    }

    private Verdict Report(Finding finding, WaiverUse? waiver)
    {
        if (waiver is not null)
        {
            waiver.Count(finding with { Waiver = waiver.Waiver.Id });
            return Verdict.Waived;
        }

        FindingCount++;
        if (_findings.Count < MaxFindings)
        {
            _findings.Add(finding);
        }

        return Verdict.Fail;
    }
}
