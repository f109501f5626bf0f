namespace Conformance.Core.Sweeps;

/// <summary>
/// The few worst elements by their estimates. Estimates are off by far less than elements differ, so that the really worst is among them,
/// or as bad as them within twice <see cref="SweepJudge.MaxSlack"/>. Joining two of these gives what all elements together would have.
/// </summary>
internal sealed class SweepCandidates
{
    private const int Capacity = 8;

    private readonly SweepCandidate[] _worst = new SweepCandidate[Capacity];
    private int _count;
    private double _before = SweepCandidate.None.Estimate;

    public SweepCandidates() => UpdateFloor();

    /// <summary>Estimates of later elements that are not above this cannot be among the worst.</summary>
    public double Floor { get; private set; }

    /// <summary>The candidates, worst first.</summary>
    public ReadOnlySpan<SweepCandidate> Worst => _worst.AsSpan(0, _count);

    public void Add(in SweepCandidate candidate)
    {
        if (_count == Capacity && !candidate.IsWorseThan(_worst[Capacity - 1]))
        {
            return;
        }

        int place = Math.Min(_count, Capacity - 1);
        for (; place > 0 && candidate.IsWorseThan(_worst[place - 1]); place--)
        {
            _worst[place] = _worst[place - 1];
        }

        _worst[place] = candidate;
        _count = Math.Min(_count + 1, Capacity);
        UpdateFloor();
    }

    /// <summary>Takes over another's candidates.</summary>
    public void Add(SweepCandidates other)
    {
        foreach (SweepCandidate candidate in other.Worst)
        {
            Add(candidate);
        }
    }

    /// <summary>Forgets all, and takes no element that could not enter those of all earlier positions.</summary>
    public void Restart(SweepCandidates before)
    {
        _count = 0;
        _before = before.Floor;
        UpdateFloor();
    }

    private void UpdateFloor() => Floor = Math.Max(_before, _count == Capacity ? _worst[Capacity - 1].Estimate : SweepCandidate.None.Estimate);
}
