using System.Threading.Tasks;
using Godot;

/// <summary>
/// Joins a realm, spawns a box, and prints the avatars and each grab. Attach it to the root of a 3D scene.
/// ../csharp.md explains it.
/// </summary>
public partial class RealmVisit : Node3D
{
    [Export] public string Url { get; set; } = "http://127.0.0.1:7350";
    [Export] public string PlayerName { get; set; } = "Ada";

    private Node _client;

    public override void _Ready()
    {
        var script = GD.Load<GDScript>("res://addons/otherworld/otherworld_client.gd");
        _client = script.New().As<Node>();
        // The client joins when it enters the tree, so set its properties and connect its signals before that.
        _client.Set("url", Url);
        _client.Set("player_name", PlayerName);
        _client.Connect("joined", Callable.From(OnJoined));
        _client.Connect("closed", Callable.From<string>(OnClosed));
        _client.Connect("prop_grabbed", Callable.From<GodotObject, GodotObject>(OnPropGrabbed));
        AddChild(_client);
    }

    private async void OnJoined()
    {
        PrintAvatars();
        var spawned = _client.Call("spawn_box", Vector3.One * 0.3f, new Vector3(0, 2, -1));
        var outcome = await ResultOf(spawned);
        if (!IsInstanceValid(this) || outcome == null)
            return;
        if (outcome.Get("ok").AsBool())
            GD.Print("Made element ", outcome.Get("element").AsInt32());
        else
            GD.Print("No box: ", outcome.Get("reason").AsString());
    }

    private void PrintAvatars()
    {
        foreach (var value in _client.Get("avatars").AsGodotDictionary().Values)
        {
            var avatar = value.AsGodotObject();
            GD.Print(avatar.Get("name").AsString(), " is at ", avatar.Get("position").AsVector3());
        }
    }

    private void OnClosed(string reason) => GD.Print("Left the realm: ", reason);

    private void OnPropGrabbed(GodotObject prop, GodotObject by) =>
        GD.Print(by.Get("name").AsString(), " grabbed ", prop.Get("name").AsString());

    /// <summary>Waits for a GDScript method that awaits, and returns the object that it returns.</summary>
    private async Task<GodotObject> ResultOf(Variant called)
    {
        var state = called.AsGodotObject();
        // A method that never had to wait returns its result immediately.
        if (state == null || state.GetClass() != "GDScriptFunctionState")
            return state;
        var results = await ToSignal(state, "completed");
        return results[0].AsGodotObject();
    }
}
