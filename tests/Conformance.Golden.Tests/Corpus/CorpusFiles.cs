using System.Collections.Concurrent;
using Conformance.Core.Tensors;
using Conformance.Golden.Corpus;
using Conformance.Golden.Vectors;
using Conformance.TestKit;

namespace Conformance.Golden.Tests.Corpus;

/// <summary>The committed files of the corpus of sigmoid cross-entropy.</summary>
internal static class CorpusFiles
{
    public static readonly VectorCorpus Corpus = VectorCorpus.All[0];

    private static readonly ConcurrentDictionary<DType, VectorFile> Files = new();

    public static string PathOf(DType dtype) => Path.Combine(RepositoryRoot.Path, "golden", "vectors", Corpus.FileNameOf(dtype));

    public static VectorFile Read(DType dtype) => Files.GetOrAdd(dtype, key => VectorFile.Read(PathOf(key)));
}
