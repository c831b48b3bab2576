using Mono.Cecil;
using Mono.Cecil.Cil;

namespace AiGateway.Tests.Architecture;

/// <summary>Reads out every reference that a compiled module makes, under the name of the type whose source makes it.</summary>
internal sealed class AssemblyWalker
{
    private readonly HashSet<Sighting> _sightings = [];
    private readonly TypeDefinition _author;
    private string _member = "";

    private AssemblyWalker(TypeDefinition author) => _author = author;

    /// <summary>Every type of the module, the ones written by the compiler under their outermost author's name.</summary>
    public static IEnumerable<Sighting> Walk(ModuleDefinition module) => module.Types.SelectMany(Walk);

    /// <summary>Attributes of the assembly and the module have no author: only whoever asks for everything wants them.</summary>
    public static IEnumerable<Sighting> WalkUnowned(ModuleDefinition module)
    {
        var walker = new AssemblyWalker(module.Types[0]);
        walker.Attributes(module.CustomAttributes);
        walker.Attributes(module.Assembly.CustomAttributes);
        return walker._sightings;
    }

    private static IEnumerable<Sighting> Walk(TypeDefinition outermost)
    {
        var walker = new AssemblyWalker(outermost);
        walker.Type(outermost);
        return walker._sightings;
    }

    private void Type(TypeDefinition type)
    {
        _member = AuthoredName.Of(type, member: "");
        See(type.BaseType, How.BaseType);
        Attributes(type.CustomAttributes);
        GenericParameters(type);
        foreach (var face in type.Interfaces)
        {
            See(face.InterfaceType, How.Interface);
            Attributes(face.CustomAttributes);
        }
        foreach (var field in type.Fields) Field(field);
        foreach (var property in type.Properties) Property(property);
        foreach (var happening in type.Events) Event(happening);
        foreach (var method in type.Methods) Method(method);
        foreach (var nested in type.NestedTypes) Type(nested);
    }

    private void Field(FieldDefinition field)
    {
        _member = AuthoredName.Of(field.DeclaringType, field.Name);
        See(field.FieldType, How.Field);
        Attributes(field.CustomAttributes);
    }

    private void Property(PropertyDefinition property)
    {
        _member = AuthoredName.Of(property.DeclaringType, property.Name);
        See(property.PropertyType, How.Property);
        Attributes(property.CustomAttributes);
    }

    private void Event(EventDefinition happening)
    {
        _member = AuthoredName.Of(happening.DeclaringType, happening.Name);
        See(happening.EventType, How.Event);
        Attributes(happening.CustomAttributes);
    }

    private void Method(MethodDefinition method)
    {
        _member = AuthoredName.Of(method.DeclaringType, method.Name);
        See(method.ReturnType, How.Return);
        Attributes(method.CustomAttributes);
        Attributes(method.MethodReturnType.CustomAttributes);
        GenericParameters(method);
        foreach (var parameter in method.Parameters)
        {
            See(parameter.ParameterType, How.Parameter);
            Attributes(parameter.CustomAttributes);
        }
        foreach (var overridden in method.Overrides) See(overridden, How.Override);
        if (method.HasBody) Body(method.Body);
    }

    private void Body(MethodBody body)
    {
        foreach (var local in body.Variables) See(local.VariableType, How.Local);
        foreach (var handler in body.ExceptionHandlers) See(handler.CatchType, How.Catch);
        foreach (var instruction in body.Instructions) Instruct(instruction, body.Method.Module);
    }

    private void Instruct(Instruction instruction, ModuleDefinition module)
    {
        if (FloatingPoint.TypeMadeBy(instruction.OpCode, module) is { } number) See(number, How.Arithmetic);
        switch (instruction.Operand)
        {
            case MethodReference method: See(method, How.Instruction); break;
            case FieldReference field: See(field); break;
            case TypeReference type: See(type, How.Instruction); break;
            case CallSite site: Signature(site.ReturnType, site.Parameters); break;
            case string text: _sightings.Add(new(_author, _member, How.Literal, module.TypeSystem.String, Text: text)); break;
        }
    }

    private void See(MethodReference method, How how)
    {
        if (method is GenericInstanceMethod instance)
            foreach (var argument in instance.GenericArguments) See(argument, How.GenericArgument);
        var plain = method.GetElementMethod();
        See(method.DeclaringType, how, plain.Name);
        Signature(plain.ReturnType, plain.Parameters);
    }

    private void See(FieldReference field)
    {
        See(field.DeclaringType, How.Instruction, field.Name);
        See(field.FieldType, How.CalledSignature);
    }

    private void Signature(TypeReference answer, IEnumerable<ParameterDefinition> parameters)
    {
        See(answer, How.CalledSignature);
        foreach (var parameter in parameters) See(parameter.ParameterType, How.CalledSignature);
    }

    private void GenericParameters(IGenericParameterProvider provider)
    {
        foreach (var parameter in provider.GenericParameters)
        {
            Attributes(parameter.CustomAttributes);
            foreach (var constraint in parameter.Constraints)
            {
                See(constraint.ConstraintType, How.Constraint);
                Attributes(constraint.CustomAttributes);
            }
        }
    }

    private void Attributes(IEnumerable<CustomAttribute> attributes)
    {
        foreach (var attribute in attributes)
        {
            See(attribute.AttributeType, How.Attribute, attribute.Constructor.Name);
            Signature(attribute.Constructor.ReturnType, attribute.Constructor.Parameters);
            foreach (var argument in attribute.ConstructorArguments) Argument(argument);
            foreach (var named in attribute.Fields.Concat(attribute.Properties)) Argument(named.Argument);
        }
    }

    private void Argument(CustomAttributeArgument argument)
    {
        See(argument.Type, How.AttributeArgument);
        switch (argument.Value)
        {
            case TypeReference type: See(type, How.AttributeArgument); break;
            case CustomAttributeArgument boxed: Argument(boxed); break;
            case CustomAttributeArgument[] many:
                foreach (var one in many) Argument(one);
                break;
        }
    }

    private void See(TypeReference? type, How how, string? api = null)
    {
        switch (type)
        {
            case null or GenericParameter: return;
            case GenericInstanceType generic:
                foreach (var argument in generic.GenericArguments) See(argument, How.GenericArgument);
                break;
            case FunctionPointerType pointer: Signature(pointer.ReturnType, pointer.Parameters); return;
            case IModifierType modified: See(modified.ModifierType, How.Modifier); break;
        }
        if (type is TypeSpecification made) See(made.ElementType, how, api);
        else _sightings.Add(new(_author, _member, how, type, api));
    }
}
