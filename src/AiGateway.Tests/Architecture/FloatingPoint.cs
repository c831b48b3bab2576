using Mono.Cecil;
using Mono.Cecil.Cil;

namespace AiGateway.Tests.Architecture;

/// <summary>Arithmetic leaves no type behind in the code, only instructions: this names the type that they work in.</summary>
internal static class FloatingPoint
{
    public static TypeReference? TypeMadeBy(OpCode code, ModuleDefinition module) => code.Code switch
    {
        Code.Ldc_R4 or Code.Conv_R4 or Code.Ldind_R4 or Code.Stind_R4 or Code.Ldelem_R4 or Code.Stelem_R4 => module.TypeSystem.Single,
        Code.Ldc_R8 or Code.Conv_R8 or Code.Conv_R_Un or Code.Ldind_R8 or Code.Stind_R8 or Code.Ldelem_R8 or Code.Stelem_R8 => module.TypeSystem.Double,
        _ => null,
    };
}
