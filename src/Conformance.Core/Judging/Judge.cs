using Conformance.Core.Backends;
using Conformance.Core.Cases;
using Conformance.Core.Tensors;
using Conformance.Core.Waivers;

namespace Conformance.Core.Judging;

/// <summary>
/// Compares the outputs of a case: shape and dtype with what the case asks for, then NaN and infinities, then values, of
/// every implementation with every other. Two finite elements agree if they are close or if they are no farther apart
/// than the bounds of the two contracts together, which is necessary for both to be within their bound of the truth.
/// </summary>
/// <param name="tolerance">What is close.</param>
/// <param name="waivers">Known deviations.</param>
public sealed class Judge(Tolerance tolerance, IReadOnlyList<WaiverUse> waivers)
{
    /// <summary>How many findings are kept; the rest are only counted.</summary>
    public const int MaxFindings = 1000;

    /// <summary>The name of the output that every implementation has.</summary>
    public const string LossName = "loss";

    /// <summary>The name of the gradient with respect to the logits.</summary>
    public const string GradientName = "gradient";

    private readonly Dictionary<(string Implementation, string Other, string DType, string Output), PairAgreement> _pairs = [];
    private readonly List<Finding> _findings = [];

    /// <summary>Findings that no waiver covers, the first <see cref="MaxFindings"/>.</summary>
    public IReadOnlyList<Finding> Findings => _findings;

    /// <summary>How many findings there are that no waiver covers.</summary>
    public long FindingCount { get; private set; }

    /// <summary>How each pair compared, in the order in which pairs first met.</summary>
    public IEnumerable<PairAgreement> Pairs => _pairs.Values;

    /// <summary>Judges one case.</summary>
    /// <param name="testCase">The case.</param>
    /// <param name="logits">Its logits.</param>
    /// <param name="labels">Its labels.</param>
    /// <param name="outputs">What the implementations made of it; the earlier of two scales the tolerance.</param>
    /// <returns>A verdict for each of the outputs.</returns>
    public IReadOnlyList<Verdict> JudgeCase(Case testCase, Tensor logits, Tensor labels, IReadOnlyList<CaseOutput> outputs)
    {
        Verdict[] verdicts = new Verdict[outputs.Count];
        for (int i = 0; i < outputs.Count; i++)
        {
            verdicts[i] = outputs[i].Evaluation.Outcome switch
            {
                Outcome.Completed => Verdict.Pass,
                Outcome.Unavailable => Verdict.Unavailable,
                Outcome.Crash => Verdict.Crash,
                Outcome.Timeout => Verdict.Timeout,
                _ => Verdict.Error,
            };
            if (verdicts[i] == Verdict.Pass)
            {
                verdicts[i] = JudgeSignatures(testCase, logits, labels, outputs[i]);
            }
        }

        NoteEvaluations(testCase, logits, labels, outputs, LossName);
        NoteEvaluations(testCase, logits, labels, [.. outputs.Where(output => output.Gradient is not null)], GradientName);
        CaseContext context = new(testCase, logits, labels, testCase.Draw.Loss.CreateOracle(Losses.LossOptions.Default));
        for (int other = 0; other < outputs.Count; other++)
        {
            for (int i = other + 1; i < outputs.Count; i++)
            {
                ComparePair(context, LossName, outputs[i].UsableLoss, outputs[other].UsableLoss, i, other);
                ComparePair(context, GradientName, outputs[i].UsableGradient, outputs[other].UsableGradient, i, other);
            }
        }

        return verdicts;

        void ComparePair(CaseContext context, string output, Tensor? actual, Tensor? otherActual, int index, int otherIndex)
        {
            if (actual is null || otherActual is null)
            {
                return;
            }

            PairAgreement pair = PairOf(outputs[index].Implementation, outputs[otherIndex].Implementation, testCase.Draw.DType, output);
            ElementComparison comparison = new(context, output, pair, actual, otherActual, tolerance, waivers);
            comparison.Compare();
            foreach (Deviation deviation in comparison.Deviations)
            {
                Verdict verdict = Report(deviation.ToFinding(context, output, pair, actual, otherActual), deviation.Waiver);
                foreach (int judged in new[] { index, otherIndex })
                {
                    // A waiver speaks of one side; the other has nothing to be waived.
                    if (deviation.Waiver?.Waiver.Concerns(outputs[judged].Implementation, testCase, output) is not false)
                    {
                        verdicts[judged] = Worse(verdicts[judged], verdict);
                    }
                }
            }
        }
    }

    private static Verdict Worse(Verdict left, Verdict right) =>
        left is Verdict.Pass or Verdict.Waived && right != Verdict.Pass ? (Verdict)Math.Max((int)left, (int)right) : left;

    private PairAgreement PairOf(ImplementationInfo implementation, ImplementationInfo other, DType dtype, string output)
    {
        var key = (implementation.Id, other.Id, dtype.Name, output);
        if (!_pairs.TryGetValue(key, out PairAgreement? pair))
        {
            _pairs.Add(key, pair = new PairAgreement(implementation, other, dtype.Name, output));
        }

        return pair;
    }

    // A deviation from others can show only where there are others: those of which the waiver does not say the same.
    private void NoteEvaluations(Case testCase, Tensor logits, Tensor labels, IReadOnlyList<CaseOutput> outputs, string name)
    {
        CaseOutput[] completed = [.. outputs.Where(output => output.Evaluation.Outcome == Outcome.Completed)];
        foreach (WaiverUse waiver in waivers)
        {
            CaseOutput[] concerned = [.. completed.Where(output => waiver.Waiver.Concerns(output.Implementation, testCase, name))];
            if (concerned.Length < completed.Length || waiver.Waiver.Checks.Any(check => check is Check.Shape or Check.DType))
            {
                foreach (CaseOutput output in concerned)
                {
                    waiver.NoteEvaluation(output.Implementation.Id, logits, labels);
                }
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
                new Finding { CaseId = testCase.Id, Output = name, Implementation = output.Implementation.Id, Check = check, Message = message },
                waivers.FirstOrDefault(waiver => waiver.Waiver.Checks.Contains(check)
                    && !waiver.IsExpired
                    && waiver.Waiver.Concerns(output.Implementation, testCase, name)
                    && (waiver.Waiver.When?.IsElementwise is not true || waiver.AnyElementHolds(logits, labels))));
        }

        return verdict;
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
