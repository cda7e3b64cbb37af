#include <offhook/agent/config/setting_field.hpp>
#include <offhook/agent/config/settings_tables.hpp>

#include <array>

/// The settings of the servers that Offhook reaches over the network: /providers, /tool_servers and /network.
namespace offhook::inline v0::agent::config {

namespace {

constexpr std::array kWordMembers{
    Setting{.name = "word", .least = 0, .most = kMaxPath, .unset = "required",
            .meaning = "a word of the command line", .may_hold_secret = true},
};

constexpr std::array kNamedSecretMembers{
    Setting{.name = "name", .shape = Shape::Name, .unset = "required",
            .meaning = "the name of the variable or of the header field"},
    Setting{.name = "value", .least = 1, .most = kMaxKey, .unset = "required",
            .meaning = "its value, such as `\"${SHOP_KEY}\"`", .secret = true},
};

constexpr std::array kOperationMembers{
    Setting{.name = "id", .least = 1, .most = kMaxName, .unset = "required",
            .meaning = "an operationId of the document"},
};

constexpr std::array kOauthMembers{
    Setting{.name = "client_id", .least = 1, .most = kMaxName, .unset = "required",
            .meaning = "the name of this client at the authorization server"},
    Setting{.name = "client_secret", .least = 1, .most = kMaxKey, .unset = "none",
            .meaning = "the secret of this client", .secret = true},
    Setting{.name = "private_key", .least = 1, .most = kMaxPath, .unset = "none",
            .meaning = "the file of a private key on P-256 (PEM), with which Offhook authenticates instead of a secret",
            .may_hold_secret = true},  // The value may be the key itself, written here by mistake.
    Setting{.name = "token_url", .shape = Shape::Url, .least = 1, .most = kMaxUrl, .unset = "the address that the server names",
            .meaning = "the address at which Offhook gets tokens"},
    Setting{.name = "issuer", .shape = Shape::Url, .least = 1, .most = kMaxUrl, .unset = "the first authorization server that the server names",
            .meaning = "the only authorization server that Offhook believes"},
    Setting{.name = "scope", .least = 1, .most = kMaxUrl, .unset = "the scope that the server asks for",
            .meaning = "the scope of the tokens"},
};

constexpr std::array kPinMembers{
    Setting{.name = "tool", .shape = Shape::Name, .unset = "required",
            .meaning = "a tool's name, as `offhook tools` shows it"},
    Setting{.name = "hash", .least = 64, .most = 64, .unset = "required",
            .meaning = "the hash of its definition, as `offhook tools` shows it"},
};

constexpr std::array kToolServerMembers{
    Setting{.name = "command", .shape = Shape::Objects, .least = 1, .most = kMaxInLongList, .unset = "none",
            .meaning = "a server of the Model Context Protocol that Offhook runs: the whole path of a program, and its arguments",
            .members = kWordMembers,
            .short_for = "word"},
    Setting{.name = "environment", .shape = Shape::Objects, .most = kMaxInList, .unset = "none",
            .meaning = "the environment of that program, besides PATH and LANG",
            .members = kNamedSecretMembers},
    Setting{.name = "directory", .least = 1, .most = kMaxPath, .unset = "`/`",
            .meaning = "the working directory of that program"},
    Setting{.name = "url", .shape = Shape::Url, .least = 1, .most = kMaxUrl, .unset = "none",
            .meaning = "the address of a server of the Model Context Protocol (Streamable HTTP); beside `openapi`, the address of the "
                       "HTTP service. It begins with https, or with http on this machine. Offhook does not show it, because some "
                       "addresses contain a key", .may_hold_secret = true},
    Setting{.name = "plain_http", .shape = Shape::Flag, .unset = "`false`",
            .meaning = "whether `url` may be http to another machine of the local network: a private or link-local address, or a name that has "
                       "only such addresses. Each machine of that network can read and change what Offhook sends"},
    Setting{.name = "openapi", .least = 1, .most = kMaxPath, .unset = "none",
            .meaning = "the OpenAPI document (JSON, 3.0 or 3.1) of an HTTP service: a file beside the configuration"},
    Setting{.name = "operations", .shape = Shape::Objects, .least = 1, .most = kMaxInLongList, .unset = "none",
            .meaning = "the operations of the document that Offhook offers as tools. It offers no other operation",
            .members = kOperationMembers, .short_for = "id"},
    Setting{.name = "token", .least = 1, .most = kMaxKey, .unset = "none",
            .meaning = "the token that Offhook sends as `Authorization: Bearer`", .secret = true},
    Setting{.name = "headers", .shape = Shape::Objects, .most = 16, .unset = "none",
            .meaning = "further header fields that the server asks for, such as one with an API key", .members = kNamedSecretMembers},
    Setting{.name = "oauth", .shape = Shape::Object, .unset = "none",
            .meaning = "client credentials of OAuth 2.1, in place of a token", .members = kOauthMembers},
    Setting{.name = "ca_file", .least = 1, .most = kMaxPath, .unset = "the system's certificates",
            .meaning = "the file of the authorities' certificates that Offhook trusts for this server (PEM)"},
    Setting{.name = "pins", .shape = Shape::Objects, .most = kMaxInLongList, .unset = "none",
            .meaning = "definitions that a person has checked: Offhook refuses a tool with another definition (`offhook tools` prints "
                       "them)", .members = kPinMembers},
    Setting{.name = "unpinned", .shape = Shape::Choice, .choices = "refuse trust_first", .unset = "`refuse`; `trust_first` with `openapi`",
            .meaning = "what Offhook does with a tool without a pin. `refuse`: it does not use the tool. `trust_first`: it accepts the "
                       "first definition after its start, and refuses a later change"},
};

constexpr std::array kNatServerMembers{
    Setting{.name = "uri", .least = 1, .most = kMaxHostName + 32, .unset = "required",
            .meaning = "the server: `stun:stun.example.com`, `turn:turn.example.com` (UDP), `turn:turn.example.com?transport=tcp`, or `turns:turn.example.com` (TLS), each with a port "
                       "if it is not the usual one"},
    Setting{.name = "username", .least = 1, .most = kMaxName, .unset = "none", .meaning = "the user name at a TURN server"},
    Setting{.name = "password", .least = 1, .most = kMaxName, .unset = "none", .meaning = "the password at a TURN server", .secret = true},
    Setting{.name = "shared_secret", .least = 1, .most = kMaxName, .unset = "none",
            .meaning = "instead of `password`: the secret that Offhook shares with the TURN server (`static-auth-secret` of coturn). Each call then has a password of its own",
            .secret = true},
};

constexpr std::array kNetworkSettings{
    Setting{.name = "providers", .shape = Shape::Map, .most = 32, .unset = "none",
            .meaning = "the providers, each under a name that you choose. A provider whose name is also a kind, such as `openai`, may be absent",
            .field = kTopField<&Config::provider_tree>},
    Setting{.name = "tool_servers", .shape = Shape::Map, .most = 16, .unset = "none",
            .meaning = "the servers of tools that are not built in (docs/tools.md), by names of small letters, digits and `-`. A model "
                       "sees only the tools that its agent's `tools` name",
            .members = kToolServerMembers, .field = kTopField<&Config::tool_server_tree>},
    Setting{.section = "network", .name = "proxy", .shape = Shape::Line, .most = kMaxUrl, .unset = "`environment`",
            .meaning = "the HTTP proxy for providers, tool servers and `/agent/context/url`, such as `http://proxy.example:3128`, or "
                       "`http://USER:PASSWORD@proxy.example:3128` if it asks for a password. `none`: no proxy. `environment`: the proxy that "
                       "`https_proxy` (or `HTTPS_PROXY`) and `http_proxy` name, except for the hosts of `no_proxy` (or `NO_PROXY`). Offhook "
                       "reaches servers on its own machine without a proxy (docs/providers.md)",
            .may_hold_secret = true, .field = kField<&Config::network, &NetworkSettings::proxy>},
    Setting{.section = "network", .name = "no_proxy", .shape = Shape::Line, .most = kMaxKey, .unset = "none",
            .meaning = "the hosts that Offhook reaches without that proxy, separated by commas: a name, which includes all names below it, "
                       "an address, a network such as `192.0.2.0/24`, or `*` for all hosts",
            .field = kField<&Config::network, &NetworkSettings::no_proxy>},
    Setting{.section = "nat", .name = "public_address", .shape = Shape::Address, .unset = "what the servers tell, or else the PBX",
            .meaning = "the address of this machine in the Internet, if a NAT passes the ports of the audio on to it, such as the elastic address of a virtual machine. Calls with peers in "
                       "the Internet then name this address (docs/use/nat.md)",
            .field = kField<&Config::nat, &Nat::public_address>},
    Setting{.section = "nat", .name = "servers", .shape = Shape::Objects, .least = 1, .most = 4, .unset = "none",
            .meaning = "servers of STUN, which tell Offhook its public address, and of TURN, which relay the audio of calls with ICE that find no other path. A URI alone stands for a server "
                       "without a password",
            .members = kNatServerMembers, .short_for = "uri", .field = kField<&Config::nat, &Nat::servers>},
    Setting{.section = "nat", .name = "ca_file", .shape = Shape::Line, .most = kMaxPath, .unset = "the system's certificates",
            .meaning = "the file of the authorities' certificates that Offhook trusts for `turns:` servers (PEM). A relative path starts at the folder of the configuration file",
            .field = kField<&Config::nat, &Nat::ca_file>},
};

}  // namespace

std::span<const Setting> network_settings() {
  static const auto settings = [] {
    auto all = kNetworkSettings;
    all.front().members = provider_settings();
    return all;
  }();
  return settings;
}

}  // namespace offhook::inline v0::agent::config
