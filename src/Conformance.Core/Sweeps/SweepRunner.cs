using System.Diagnostics;
using System.Globalization;
using Conformance.Core.Backends;
using Conformance.Core.Cases;
using Conformance.Core.Runs;
using Conformance.Core.Tensors;

namespace Conformance.Core.Sweeps;

/// <summary>
/// Takes every position of a sweep through an implementation and its judges. Several slots, each with memory for one batch, evaluate and judge
/// side by side; from time to time all of them come to rest, and what they counted is added up. Memory does not depend on the sweep.
/// </summary>
/// <param name="backend">The backend; started.</param>
/// <param name="implementation">The implementation.</param>
/// <param name="options">What is swept.</param>
/// <param name="createArena">Makes the memory in which tensors live.</param>
public sealed class SweepRunner(IBackend backend, ImplementationInfo implementation, SweepOptions options, Func<ITensorArena> createArena)
{
    private static readonly TimeSpan LongestWork = TimeSpan.FromSeconds(1);

    private readonly IBackend _backend = backend;
    private readonly SweepContext _context = new(options, implementation);

    /// <summary>The elements of one evaluation.</summary>
    public int BatchLength { get; init; } = 1 << 16;

    /// <summary>How many evaluations the backend may make at a time.</summary>
    public int Evaluators { get; init; } = 1;

    /// <summary>How many threads judge.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>How often what has been judged is given away to be kept.</summary>
    public TimeSpan CheckpointInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>A part of the sweep of which nothing has been judged.</summary>
    /// <param name="shard">Which part, from 1 on.</param>
    /// <param name="shards">Of how many of equal size.</param>
    /// <param name="command">The command, for the record.</param>
    /// <param name="provenance">With what it is made.</param>
    /// <returns>An empty result.</returns>
    public SweepResult Begin(int shard, int shards, string command, Provenance provenance)
    {
        (long start, long end) = _context.Plan.Shard(shard, shards);
        return new SweepResult
        {
            Options = options,
            Coverage = _context.Plan.Coverage,
            IsExhaustive = false,
            Start = start,
            End = end,
            Done = start,
            Total = _context.Plan.Total,
            Measures = _context.ToMeasures(_context.NewTallies()),
            Command = command,
            Provenance = provenance,
            Seconds = 0,
        };
    }

    /// <summary>Sweeps what is left of a part.</summary>
    /// <param name="begun">The part so far.</param>
    /// <param name="progress">Told about once a second.</param>
    /// <param name="keep">Gets the part so far now and then, and for the last time when the sweep is stopped.</param>
    /// <param name="cancellationToken">Stops the sweep; what has been judged since the last rest is lost.</param>
    /// <returns>The complete part.</returns>
    /// <exception cref="SweepStoppedException">An evaluation did not complete, or returned another shape or dtype.</exception>
    public async Task<SweepResult> RunAsync(
        SweepResult begun, IProgress<SweepProgress> progress, Action<SweepResult> keep, CancellationToken cancellationToken)
    {
        SweepTally[] totals = _context.ToTallies(begun.Measures);
        Stopwatch stopwatch = Stopwatch.StartNew();
        TimeSpan kept = TimeSpan.Zero;
        long done = begun.Done;
        using ITensorArena arena = createArena();
        using SemaphoreSlim gate = new(Evaluators);

        // While some slots wait for the backend, others judge.
        Slot[] slots = [.. Enumerable.Range(0, Evaluators < Threads ? Threads + 1 : Threads).Select(_ => new Slot(this, arena, gate))];
        try
        {
            while (done < begun.End)
            {
                Work work = new(done, begun.End, BatchLength, stopwatch.Elapsed + (CheckpointInterval < LongestWork ? CheckpointInterval : LongestWork), stopwatch);
                await Task.WhenAll(slots.Select(slot => Task.Run(() => slot.RunAsync(work, totals, cancellationToken), CancellationToken.None))).ConfigureAwait(false);
                foreach (Slot slot in slots)
                {
                    slot.AddTo(totals);
                }

                done = work.Next;
                progress.Report(new SweepProgress(done - begun.Start, begun.End - begun.Start, (done - begun.Done) / stopwatch.Elapsed.TotalSeconds));
                if (done < begun.End && stopwatch.Elapsed - kept >= CheckpointInterval)
                {
                    kept = stopwatch.Elapsed;
                    keep(ResultSoFar());
                }
            }
        }
        catch
        {
            keep(ResultSoFar());
            throw;
        }

        return ResultSoFar();

        SweepResult ResultSoFar() => begun with
        {
            IsExhaustive = _context.Plan.IsExhaustive && begun.Start == 0 && done == _context.Plan.Total,
            Done = done,
            Measures = _context.ToMeasures(totals),
            Seconds = Math.Round(begun.Seconds + stopwatch.Elapsed.TotalSeconds, 3),
        };
    }

    /// <summary>Batches until it is time to rest.</summary>
    private sealed class Work(long start, long end, int batchLength, TimeSpan until, Stopwatch stopwatch)
    {
        private readonly Lock _lock = new();
        private bool _isStopped;
        private bool _isBegun;

        public long Next { get; private set; } = start;

        public bool TryTake(out long position, out int length)
        {
            lock (_lock)
            {
                position = Next;
                length = _isStopped || (_isBegun && stopwatch.Elapsed >= until) ? 0 : (int)Math.Min(batchLength, end - position);
                _isBegun = true;
                Next += length;
                return length > 0;
            }
        }

        public void Stop()
        {
            lock (_lock)
            {
                _isStopped = true;
            }
        }
    }

    /// <summary>Memory for one batch and for what is known of its elements.</summary>
    private sealed class Slot
    {
        private readonly SweepRunner _runner;
        private readonly SweepContext _context;
        private readonly SemaphoreSlim _gate;
        private readonly Tensor _logits;
        private readonly Tensor _labels;
        private readonly Tensor[] _outputs;
        private readonly SweepJudge[] _judges;
        private readonly SweepTally[] _tallies;
        private readonly double[] _logitBlock = new double[SweepJudge.BlockLength];
        private readonly double[] _outputBlock = new double[SweepJudge.BlockLength];
        private ulong? _constantLabel;

        public Slot(SweepRunner runner, ITensorArena arena, SemaphoreSlim gate)
        {
            _runner = runner;
            _context = runner._context;
            _gate = gate;
            Shape shape = new(runner.BatchLength);
            _logits = arena.Allocate(_context.Plan.DType, shape);
            _labels = arena.Allocate(_context.Plan.DType, shape);
            _outputs = [.. Enumerable.Range(0, _context.Outputs).Select(_ => arena.Allocate(_context.Plan.DType, shape))];
            _judges = [.. Enumerable.Range(0, _context.Outputs).Select(output => _context.NewJudge(isGradient: output == 1))];
            _tallies = _context.NewTallies();
        }

        public async Task RunAsync(Work work, SweepTally[] before, CancellationToken cancellationToken)
        {
            for (int i = 0; i < _tallies.Length; i++)
            {
                _tallies[i].Restart(before[i]);
            }

            try
            {
                while (work.TryTake(out long position, out int length))
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    await EvaluateAsync(position, length, cancellationToken).ConfigureAwait(false);
                    Judge(position, length);
                }
            }
            catch
            {
                work.Stop();
                throw;
            }
        }

        public void AddTo(SweepTally[] totals)
        {
            for (int i = 0; i < totals.Length; i++)
            {
                totals[i].Add(_tallies[i]);
            }
        }

        private static Tensor Part(Tensor tensor, int length) =>
            tensor.Shape.Count == length ? tensor : new Tensor(tensor.DType, new Shape(length), tensor.Address, tensor.Location);

        private async Task EvaluateAsync(long position, int length, CancellationToken cancellationToken)
        {
            Tensor logits = Part(_logits, length);
            Tensor labels = Part(_labels, length);
            _context.Plan.FillLogits(position, logits);
            ulong first = _context.Plan.LabelAt(position);
            ulong last = _context.Plan.LabelAt(position + length - 1);
            if (first != last)
            {
                _context.Plan.FillLabels(position, labels);
                _constantLabel = null;
            }
            else if (first != _constantLabel)
            {
                // All of it, also where this batch is shorter than the next.
                _context.Plan.FillConstant(first, _labels.Bytes);
                _constantLabel = first;
            }

            EvaluationRequest request = new(
                string.Create(CultureInfo.InvariantCulture, $"positions {position} to {position + length - 1} of the sweep"),
                _context.Implementation,
                _context.Loss,
                Reduction.None,
                logits,
                labels,
                Part(_outputs[0], length).Poison(),
                _outputs.Length == 1 ? null : Part(_outputs[1], length).Poison());
            await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
            Evaluation evaluation;
            try
            {
                evaluation = (await _runner._backend.EvaluateAsync([request], cancellationToken).ConfigureAwait(false))[0];
            }
            finally
            {
                _gate.Release();
            }

            Check(request, evaluation);
        }

        private void Check(EvaluationRequest request, Evaluation evaluation)
        {
            string where = string.Create(
                CultureInfo.InvariantCulture,
                $"{request.Name}, from logit {Describe(request.Logits, 0)} with label {Describe(request.Labels, 0)} on");
            if (evaluation.Outcome != Outcome.Completed)
            {
                throw new SweepStoppedException(
                    evaluation.Outcome, $"{_context.Implementation} ended in a {evaluation.Outcome.ToString().ToLowerInvariant()} at {where}: {evaluation.Message}");
            }

            CheckSignature(evaluation.Loss, request.Loss, "loss");
            if (request.Gradient is not null)
            {
                CheckSignature(evaluation.Gradient, request.Gradient, "gradient");
            }

            void CheckSignature(OutputSignature? actual, Tensor expected, string name)
            {
                if (actual is null || actual.DType != expected.DType.Name || !actual.Shape.Equals(expected.Shape))
                {
                    throw new SweepStoppedException(
                        Outcome.Error,
                        $"{_context.Implementation} returned {(actual is null ? "no" : $"a {actual.DType} [{actual.Shape}]")} {name} where {expected.DType} [{expected.Shape}] is asked for, at {where}.");
                }
            }
        }

        private static string Describe(Tensor tensor, int index) => Judging.Element.Of(tensor.DType, tensor.BitsAt(index)).ToString();

        private void Judge(long position, int length)
        {
            SweepPlan plan = _context.Plan;
            for (int start = 0; start < length;)
            {
                int count = plan.BlockLength(position + start, Math.Min(SweepJudge.BlockLength, length - start));
                int measure = plan.MeasureOf(position + start);
                int binade = plan.BinadeOf(_logits.BitsAt(start));
                double label = plan.DType.ToDouble(plan.LabelAt(position + start));
                Span<double> logits = _logitBlock.AsSpan(0, count);
                Span<double> outputs = _outputBlock.AsSpan(0, count);
                _logits.CopyTo(start, logits);
                for (int i = 0; i < _judges.Length; i++)
                {
                    _outputs[i].CopyTo(start, outputs);
                    _judges[i].Judge(logits, label, outputs, position + start, binade, _tallies[(measure * _judges.Length) + i]);
                }

                start += count;
            }
        }
    }
}
