using System.Globalization;
using Conformance.Core;
using Conformance.Core.Backends;
using Conformance.Core.Tensors;

namespace Conformance.External;

/// <summary>The files of one evaluation of a command, in a folder of their own, so that no output can be that of another evaluation.</summary>
internal sealed class CommandFiles : IDisposable
{
    private readonly string _folder;

    /// <summary>Makes the folder.</summary>
    /// <param name="root">The backend's folder.</param>
    /// <param name="number">The evaluation's own number.</param>
    public CommandFiles(string root, long number) =>
        _folder = Directory.CreateDirectory(Path.Combine(root, number.ToString(CultureInfo.InvariantCulture))).FullName;

    /// <summary>The file of a placeholder.</summary>
    public string PathOf(string placeholder) => Path.Combine(_folder, placeholder + ".npy");

    /// <exception cref="InvalidInputException">There is no room for it.</exception>
    public void Write(string placeholder, Tensor tensor)
    {
        try
        {
            using FileStream stream = new(PathOf(placeholder), FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0);
            stream.Write(NpyFormat.HeaderOf(NpyFormat.DescriptionOf(tensor.DType), tensor.Shape.Dimensions.AsSpan()));
            stream.Write(tensor.Bytes);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new InvalidInputException(
                $"The inputs of the command cannot be written to '{_folder}' ({exception.Message.TrimEnd('.')}); make room, or set TMPDIR (TMP on Windows) to a folder that has some.", exception);
        }
    }

    /// <summary>Reads what a command wrote into a tensor, where it has that tensor's dtype and shape.</summary>
    /// <returns>What it has.</returns>
    /// <exception cref="InvalidDataException">It cannot be read; the message says why.</exception>
    public OutputSignature Read(string placeholder, Tensor tensor)
    {
        string path = PathOf(placeholder);
        if (!File.Exists(path))
        {
            throw new InvalidDataException(Directory.Exists(path) ? $"{{{placeholder}}} is a folder" : $"it wrote no file to {{{placeholder}}}");
        }

        try
        {
            // A pipe has no length either, and would not be opened before somebody writes to it.
            FileInfo file = (FileInfo?)File.ResolveLinkTarget(path, returnFinalTarget: true) ?? new FileInfo(path);
            return file.Length == 0 ? throw new InvalidDataException("it is empty") : ReadArray(file.FullName, tensor);
        }
        catch (InvalidDataException exception)
        {
            throw new InvalidDataException($"{{{placeholder}}} cannot be read: {exception.Message}", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"{{{placeholder}}} cannot be read: {exception.Message.TrimEnd('.')}", exception);
        }
    }

    public void Dispose()
    {
        try
        {
            Directory.Delete(_folder, recursive: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A child that the command left behind may still write here; the backend's folder goes last.
        }
    }

    private static OutputSignature ReadArray(string path, Tensor tensor)
    {
        using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        NpyHeader header = NpyFormat.ReadHeader(stream);
        OutputSignature signature = new(header.DTypeName, ShapeOf(header));
        if (signature != OutputSignature.Of(tensor))
        {
            return signature;
        }

        if (header.IsFortranOrder && signature.Shape.Rank > 1)
        {
            throw new InvalidDataException("it is in Fortran order; write it in C order, which is numpy.ascontiguousarray");
        }

        long expected = tensor.Bytes.Length;
        long found = stream.Length - stream.Position;
        if (found != expected)
        {
            throw new InvalidDataException(found < expected
                ? string.Create(CultureInfo.InvariantCulture, $"it ends after {found} of the {expected} bytes of its elements")
                : string.Create(CultureInfo.InvariantCulture, $"it goes on for {found - expected} bytes after its last element"));
        }

        stream.ReadExactly(tensor.Bytes);
        return signature;
    }

    private static Shape ShapeOf(NpyHeader header)
    {
        try
        {
            return new Shape([.. header.Shape.Select(extent => checked((int)extent))]);
        }
        catch (OverflowException exception)
        {
            throw new InvalidDataException($"it claims the shape {string.Join('x', header.Shape)}, which no case has", exception);
        }
    }
}
