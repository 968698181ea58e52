using Netpol.Semantics;

namespace Netpol.Tests.Support.Kubernetes;

/// <summary>A flow and whether a page says that it passes. An end that is null is <see cref="RecipeCluster.WorldAddress"/>.</summary>
public sealed record ExpectedFlow(string Text, Endpoint? From, Endpoint? To, Traffic Traffic, bool IsAllowed);
