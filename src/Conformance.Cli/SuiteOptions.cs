using System.Collections.Immutable;
using System.CommandLine;
using Conformance.Core;
using Conformance.Core.Judging;
using Conformance.Core.Losses;
using Conformance.Core.Runs;
using Conformance.Core.Suites;
using Conformance.Core.Tensors;

namespace Conformance.Cli;

/// <summary>What a verb that makes a run is asked to evaluate, and what is close.</summary>
internal sealed class SuiteOptions
{
    private readonly Option<string> _suite = new("--suite") { Description = $"The suite: {string.Join(", ", SuiteCatalog.All)}." };
    private readonly Option<string[]> _cases = new("--case") { Description = "Case ids to run in place of a suite; may be repeated." };
    private readonly Option<string> _loss = new("--loss") { Description = $"The loss: {string.Join(", ", Loss.All)}.", DefaultValueFactory = _ => Loss.All[0].Name };
    private readonly Option<string[]> _dtypes = new("--dtype");
    private readonly Option<string[]> _layouts = new("--layout") { Description = $"Narrows to layouts: {string.Join(", ", Layout.All)}." };
    private readonly Option<ulong> _seed = new("--seed") { Description = "The key of the generator of inputs.", DefaultValueFactory = _ => RunOptions.DefaultSeed };
    private readonly Option<double> _rtol = new("--rtol") { DefaultValueFactory = _ => Tolerance.Default.Relative };
    private readonly Option<double> _atol = new("--atol") { DefaultValueFactory = _ => Tolerance.Default.Absolute };

    /// <summary>The options of a verb.</summary>
    /// <param name="suite">The suite that is run where none is given.</param>
    /// <param name="dtypes">What the help says of <c>--dtype</c>.</param>
    /// <param name="tolerances">For what <c>--rtol</c> and <c>--atol</c> are.</param>
    public SuiteOptions(Suite suite, string dtypes, string tolerances)
    {
        _suite.DefaultValueFactory = _ => suite.Name;
        _dtypes.Description = $"The dtypes, of {string.Join(", ", DType.All)}; {dtypes}.";
        _rtol.Description = $"Relative tolerance of isclose, {tolerances}.";
        _atol.Description = $"Absolute tolerance of isclose, {tolerances}.";
    }

    /// <summary>The options, in the order of the help.</summary>
    public IEnumerable<Option> All => [_suite, _cases, _loss, _dtypes, _layouts, _seed, _rtol, _atol];

    /// <summary>Whether a tolerance was given.</summary>
    public bool HasTolerance(ParseResult result) => result.GetResult(_rtol) is { Implicit: false } || result.GetResult(_atol) is { Implicit: false };

    /// <summary>What was asked for.</summary>
    /// <exception cref="InvalidInputException">It names what does not exist.</exception>
    public RunOptions Parse(ParseResult result)
    {
        string[] given = result.GetValue(_cases) ?? [];
        RefuseWithCases(result, _suite, _dtypes, _layouts, _seed);
        return new RunOptions
        {
            Loss = result.GetValue(_loss)!,
            Suite = given.Length == 0 ? result.GetValue(_suite) : null,
            Cases = [.. given],
            Seed = result.GetValue(_seed),
            Tolerance = new Tolerance(NumberOption.NotNegative(result.GetValue(_rtol), "--rtol"), NumberOption.NotNegative(result.GetValue(_atol), "--atol")),
            DTypes = BackendSession.Check(result.GetValue(_dtypes) ?? [], DType.All.Select(dtype => dtype.Name), "dtype"),
            Layouts = BackendSession.Check(result.GetValue(_layouts) ?? [], Layout.All.Select(layout => layout.Name), "layout"),
        };
    }

    /// <summary>Refuses options that say something of a suite, where cases are given in its place.</summary>
    /// <exception cref="InvalidInputException">It names the first of them.</exception>
    public void RefuseWithCases(ParseResult result, params Option[] options)
    {
        if (result.GetResult(_cases) is { Implicit: false } && options.FirstOrDefault(option => result.GetResult(option) is { Implicit: false }) is { } other)
        {
            throw new InvalidInputException($"{other.Name} is for a suite, and --case names cases in place of one, whose ids say all of them; leave away {other.Name} or --case.");
        }
    }
}
