using CsPlatform.ContractFiles;

const string Help = """
    ./cs contracts [--check]

    Writes what follows from the code and is committed beside it:
      contracts/asyncapi.yaml          the parts about messages between services; the rest of it is written by hand
      contracts/Golden                 a sample of each message between services, as it looks on the wire
      tests/Architecture.Tests/StoredEvents   a sample of each stored event
      contracts/frozen.sha256          that no sample ever changes

    A sample that exists is never changed: what was sent or stored once is read for ever. A member that is added to a
    message or an event gets a further sample, {name}.2.json.

      --check   writes nothing, and fails where something is to be written
    """;

switch (args)
{
    case [] or ["--check"]:
        var clone = Clone.OfThisProgram();
        var open = clone.Changes();
        foreach (var change in open)
        {
            Console.WriteLine($"{(args is [] ? "written" : "to be written")}: {change.Path}");
            if (args is [])
                clone.Write(change);
        }
        if (open.Count == 0)
            Console.WriteLine("Everything is written.");
        return args is [] || open.Count == 0 ? 0 : 1;
    case ["--help" or "-h"]:
        Console.WriteLine(Help);
        return 0;
    default:
        Console.Error.WriteLine(Help);
        return 2;
}
