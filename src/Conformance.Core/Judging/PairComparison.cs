using Conformance.Core.Tensors;

namespace Conformance.Core.Judging;

/// <summary>The comparison of one output of two implementations on one case, block by block. It counts and finds nothing by itself.</summary>
internal sealed class PairComparison(string caseId, PairAgreement pair, JudgedOutput output, JudgedOutput other, Tolerance tolerance)
{
    /// <summary>Compares the block that both outputs were judged on last.</summary>
    /// <param name="start">The position of its first element.</param>
    public void Compare(int start)
    {
        ReadOnlySpan<double> left = output.Values;
        ReadOnlySpan<double> right = other.Values;
        pair.Elements += left.Length;
        for (int i = 0; i < left.Length; i++)
        {
            double a = left[i];
            double b = right[i];
            if (a == b || (double.IsNaN(a) && double.IsNaN(b)))
            {
                pair.Equal++;
            }
            else
            {
                CompareUnequal(start, i, a, b);
            }
        }
    }

    private void CompareUnequal(int start, int index, double a, double b)
    {
        ElementState state = (ElementState)Math.Max((byte)output.States[index], (byte)other.States[index]);
        double difference = Math.Abs(a - b);
        double ratio = difference / tolerance.Allowance(b);
        if (double.IsFinite(b) && ratio <= 1)
        {
            pair.Close++;
        }
        else if (state == ElementState.Within)
        {
            pair.WithinContract++;
        }
        else if (state == ElementState.Waived)
        {
            pair.Waived++;
            return;
        }
        else
        {
            pair.Failed++;
        }

        // NaN has no ratio, and an infinity one that says nothing.
        if (double.IsFinite(ratio) && (ratio > pair.WorstRatio || pair.WorstCaseId is null))
        {
            pair.WorstRatio = ratio;
            pair.WorstCaseId = caseId;
            pair.WorstIndex = start + index;
            DType dtype = output.Actual.DType;
            pair.WorstUlps = dtype.UlpDistance(output.Actual.BitsAt(start + index), other.Actual.BitsAt(start + index));
        }
    }
}
