using System.Reflection;

namespace Conformance.Cli.Tests;

public sealed class ArchitectureTests
{
    private static readonly Dictionary<string, string[]> AllowedProjects = new()
    {
        ["Conformance.Core"] = [],
        ["Conformance.Kernels"] = ["Conformance.Core"],
        ["Conformance.OnnxRuntime"] = ["Conformance.Core"],
        ["Conformance.Python"] = ["Conformance.Core"],
        ["Conformance.Isolation"] = ["Conformance.Core"],
        ["Conformance.External"] = ["Conformance.Core"],
        ["Conformance.Golden"] = ["Conformance.Core"],
        ["Conformance.Reporting"] = ["Conformance.Core"],
        ["Conformance.Xunit"] = ["Conformance.Core"],
    };

    public static TheoryData<string> Projects() => [.. AllowedProjects.Keys];

    [Theory]
    [MemberData(nameof(Projects))]
    public void References_OfProject_PointOnlyWhereTheDesignAllows(string project)
    {
        string[] referenced =
        [
            .. Assembly.Load(project).GetReferencedAssemblies().Select(name => name.Name!)
                .Where(name => name.StartsWith("Conformance", StringComparison.Ordinal)),
        ];

        Assert.Empty(referenced.Except(AllowedProjects[project]));
    }

    [Fact]
    public void References_OfCore_AreTheFrameworkAlone()
    {
        string[] foreign =
        [
            .. Assembly.Load("Conformance.Core").GetReferencedAssemblies().Select(name => name.Name!)
                .Where(name => !name.StartsWith("System", StringComparison.Ordinal)),
        ];

        Assert.Empty(foreign);
    }

    [Fact]
    public void Projects_OfSource_AreAllListedHere()
    {
        string[] folders =
        [
            .. Directory.EnumerateDirectories(Path.Combine(TestKit.RepositoryRoot.Path, "src"))
                .Where(folder => Directory.EnumerateFiles(folder, "*.csproj").Any())
                .Select(folder => Path.GetFileName(folder)),
        ];

        Assert.Equal([.. AllowedProjects.Keys.Append("Conformance.Cli").Order(StringComparer.Ordinal)], folders.Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void TestProjects_OfEverySourceProject_Exist(string project) =>
        Assert.True(File.Exists(Path.Combine(TestKit.RepositoryRoot.Path, "tests", $"{project}.Tests", $"{project}.Tests.csproj")));
}
