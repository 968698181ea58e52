namespace Netpol.Compiler.Certification;

/// <summary>Nothing can be said for sure of an object. Never leaves the namespace: <see cref="ObjectCertifier"/> answers with it.</summary>
/// <param name="instruction">Index in the function; -1: it is the function as a whole.</param>
internal sealed class UncertifiedException(string function, int instruction, string problem) : Exception(problem)
{
    public string Function => function;

    public int Instruction => instruction;
}
