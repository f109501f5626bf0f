namespace Conformance.Golden.Linting;

/// <summary>What a golden file must keep, in the order in which findings are given.</summary>
public enum LintRule
{
    /// <summary>The file can be opened and is JSON without doubled fields.</summary>
    Unreadable,

    /// <summary>The file is of a format that this tool knows.</summary>
    Format,

    /// <summary>The file is valid by its schema.</summary>
    Schema,

    /// <summary>What a schema cannot say: the number of digits of a shape, declared flags, ids that agree with their tests.</summary>
    Content,

    /// <summary>The file's bytes are those that the tool writes.</summary>
    Layout,

    /// <summary>An id stands once in all files.</summary>
    Id,

    /// <summary>The manifest is there, and lists every file once, in order.</summary>
    Manifest,

    /// <summary>A file's bytes have the hash that the manifest has: what moved was moved by an act.</summary>
    Hash,

    /// <summary>A file has as many tests, measures or waivers as the manifest says.</summary>
    Count,

    /// <summary>What the manifest lists is there.</summary>
    Missing,

    /// <summary>The loss is the one that the file's name begins with.</summary>
    Loss,

    /// <summary>A declared flag is used by a test.</summary>
    DeadFlag,

    /// <summary>In a file that declares flags, every test has one.</summary>
    Unexplained,

    /// <summary>In a file that declares flags, every test has expected outputs.</summary>
    Expected,

    /// <summary>The only NaN of expected outputs is the positive quiet one without payload.</summary>
    NaN,

    /// <summary>No two chosen tests ask the same.</summary>
    Duplicate,
}
