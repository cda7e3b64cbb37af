#include <offhook/agent/config/setting_field.hpp>
#include <offhook/agent/config/settings_tables.hpp>

#include <array>

/// The settings of /sip.
namespace offhook::inline v0::agent::config {

namespace {

constexpr std::array kTlsMembers{
    Setting{.name = "verify", .shape = Shape::Choice, .choices = "required pinned insecure", .unset = "`required`",
            .meaning = "`required`: the certificate names `/sip/host`, and leads to who is trusted; `pinned`: its key is `pin`, and nothing else counts; "
                       "`insecure`: anybody may be the PBX, for a laboratory"},
    Setting{.name = "ca_file", .least = 1, .most = kMaxPath, .unset = "the system's", .meaning = "whose certificates are believed (PEM), and nobody else's; its path, and those of `certificate` and `key`, start at the configuration file"},
    Setting{.name = "pin", .least = 44, .most = 44, .unset = "none",
            .meaning = "SHA-256 of the public key that the PBX must have, base64; with `required` one condition more"},
    Setting{.name = "wildcards", .shape = Shape::Flag, .unset = "`false`",
            .meaning = "whether `*.example.com` in a certificate stands for `pbx.example.com`, too, which RFC 5922 forbids: with the key of any host "
                       "of that domain one can then stand in for the PBX"},
    Setting{.name = "certificate", .least = 1, .most = kMaxPath, .unset = "none", .meaning = "ours, for a PBX that asks for one (PEM, with its chain)"},
    Setting{.name = "key", .least = 1, .most = kMaxPath, .unset = "none", .meaning = "the file of its key (PEM)"},
};

constexpr std::array kOriginMembers{
    Setting{.name = "origin", .least = 1, .most = kMaxHostName + 16, .unset = "required",
            .meaning = "such as `https://phone.example.com`; `*`: any page"},
};

constexpr std::array kWebSocketMembers{
    Setting{.name = "path", .least = 1, .most = 1024, .unset = "`/`", .meaning = "what the PBX is asked for, such as `/ws`"},
    Setting{.name = "port", .shape = Shape::Whole, .least = 1, .most = 65535, .unset = "none",
            .meaning = "the local port that browsers and others may open WebSockets to: over TLS where `/sip/tls` has a certificate, else plain"},
    Setting{.name = "origins", .shape = Shape::Objects, .least = 1, .most = 32, .unset = "no page of any browser",
            .meaning = "whose pages may do so", .members = kOriginMembers, .short_for = "origin"},
};

constexpr std::array kServerMembers{
    Setting{.name = "host", .shape = Shape::Host, .least = 1, .most = kMaxHostName, .unset = "required", .meaning = "its name or address"},
    Setting{.name = "port", .shape = Shape::Whole, .least = 1, .most = 65535, .unset = "what DNS says, or the transport's own",
            .meaning = "its SIP port"},
};

constexpr std::array kRealmMembers{
    Setting{.name = "realm", .least = 1, .most = kMaxName, .unset = "required", .meaning = "as the PBX writes it, such as `asterisk`"},
};

constexpr std::array kChallengeMembers{
    Setting{.name = "realms", .shape = Shape::Objects, .least = 1, .most = 4, .unset = "any that is as strong as that of the registration",
            .meaning = "the realms that the password is for; a request in another realm is not answered, that of a registration neither",
            .members = kRealmMembers, .short_for = "realm"},
    Setting{.name = "in_received_calls", .shape = Shape::Flag, .unset = "`false`",
            .meaning = "whether they are answered in calls and subscriptions that others opened, too. A caller can then collect digests of "
                       "the password, from which a weak one can be computed"},
};

constexpr std::array kSignerCertificateMembers{
    Setting{.name = "url", .shape = Shape::Url, .least = 1, .most = kMaxUrl, .unset = "required", .meaning = "where signatures say that it is, such as `https://cert.example/a.pem`"},
    Setting{.name = "file", .least = 1, .most = kMaxPath, .unset = "required", .meaning = "where it is (PEM): the signer's own first, then those that lead to a trusted one"},
};

constexpr std::array kSigningMembers{
    Setting{.name = "key", .least = 1, .most = kMaxPath, .unset = "required", .meaning = "the file of the key, on P-256 and without a passphrase (PEM)"},
    Setting{.name = "url", .shape = Shape::Url, .least = 1, .most = kMaxUrl, .unset = "required", .meaning = "where others find the certificate of that key"},
    Setting{.name = "attest", .shape = Shape::Choice, .choices = "A B C", .unset = "none: STIR without SHAKEN", .meaning = "what is said of the number by SHAKEN (RFC 8588)"},
};

constexpr std::array kIdentityMembers{
    Setting{.name = "trust_file", .least = 1, .most = kMaxPath, .unset = "nobody is believed", .meaning = "the file of the certificates that signers' lead to (PEM); its path, and those of the others, start at the configuration file"},
    Setting{.name = "certificates", .shape = Shape::Objects, .least = 1, .most = kMaxInLongList, .unset = "none", .meaning = "of signers. None is fetched: a signature with another proves nothing",
            .members = kSignerCertificateMembers},
    Setting{.name = "max_age_seconds", .shape = Shape::Whole, .least = 1, .most = 600, .unit = "seconds", .unset = "60", .meaning = "of a signature, and how far it may be ahead of our clock"},
    Setting{.name = "failed", .shape = Shape::Choice, .choices = "take refuse", .unset = "`take`",
            .meaning = "a call whose signature proves nothing: `take` it as one whose number is a claim, or `refuse` it (403, 436, 437, 438). Calls for "
                       "which the PBX, a trusted peer or a password vouches are taken in any case"},
    Setting{.name = "absent", .shape = Shape::Choice, .choices = "take refuse", .unset = "`take`", .meaning = "the same of a call without a signature (428)"},
    Setting{.name = "sign", .shape = Shape::Object, .unset = "none", .meaning = "signs calls of the agent", .members = kSigningMembers},
};

constexpr std::array kTrustedPeerMembers{
    Setting{.name = "address", .shape = Shape::Address, .unset = "required", .meaning = "where it sends from"},
};

constexpr std::array kWatcherMembers{
    Setting{.name = "watcher", .least = 1, .most = kMaxName + kMaxHostName + 6, .unset = "required",
            .meaning = "an address, such as `sip:desk@pbx.example`, that the PBX or a trusted peer asserts (P-Asserted-Identity); or a username of "
                       "`/sip/callers/who`, who has proved it"},
    Setting{.name = "view", .shape = Shape::Choice, .choices = "busy calls", .unset = "`busy`",
            .meaning = "`busy`: that there is a call, and no more; `calls`: each call, and with whom, unless that side withholds its name"},
};

constexpr std::array kCallerMembers{
    Setting{.name = "username", .least = 1, .most = kMaxName, .unset = "required", .meaning = "who it is"},
    Setting{.name = "password", .least = 1, .most = kMaxName, .unset = "required",
            .meaning = "its secret: better `\"${file:/run/secrets/door}\"` than the secret itself", .secret = true},
};

constexpr std::array kAlgorithmMembers{
    Setting{.name = "name", .shape = Shape::Choice, .choices = "SHA-512-256 SHA-256 MD5", .unset = "required", .meaning = "of the digest"},
};

constexpr std::array kCallersMembers{
    Setting{.name = "who", .shape = Shape::Objects, .least = 1, .most = 64, .unset = "required",
            .meaning = "whose calls, messages and subscriptions are taken, wherever they come from, once they have proved who they are; "
                       "all others but the PBX and `/sip/door/peers` are asked for it",
            .members = kCallerMembers},
    Setting{.name = "realm", .least = 1, .most = kMaxName, .unset = "`offhook`", .meaning = "what telephones show when they ask for the secret"},
    Setting{.name = "algorithms", .shape = Shape::Objects, .least = 1, .most = 3, .unset = "`SHA-512-256`, `SHA-256` and `MD5`",
            .meaning = "what is offered to them, in this order; without `MD5` most telephones cannot answer", .members = kAlgorithmMembers,
            .short_for = "name"},
};

constexpr std::array kRateMembers{
    Setting{.name = "per_second", .shape = Shape::Whole, .least = 1, .most = 100000, .unset = "as it was", .meaning = "messages"},
    Setting{.name = "burst", .shape = Shape::Whole, .least = 1, .most = 100000, .unset = "as it was", .meaning = "that many at once"},
};

constexpr std::array kRangeMembers{
    Setting{.name = "address", .shape = Shape::Address, .unset = "required", .meaning = "the first address, or the only one"},
    Setting{.name = "bits", .shape = Shape::Whole, .least = 0, .most = 128, .unset = "all: one address",
            .meaning = "how many of its bits the others share: 24 for `192.0.2.0/24`"},
};

constexpr std::array kDoorMembers{
    Setting{.name = "enabled", .shape = Shape::Flag, .unset = "`true`", .meaning = "whether anybody is held back at all; a flood is answered with work else"},
    Setting{.name = "source", .shape = Shape::Object, .unset = "20 a second, 60 at once",
            .meaning = "what each address that we do not know may ask for; beyond it 503, then silence", .members = kRateMembers},
    Setting{.name = "strangers", .shape = Shape::Object, .unset = "400 a second, 800 at once", .meaning = "what all of those may together",
            .members = kRateMembers},
    Setting{.name = "peer", .shape = Shape::Object, .unset = "20000 a second", .meaning = "what each address of the PBX and of `peers` may",
            .members = kRateMembers},
    Setting{.name = "refusals", .shape = Shape::Object, .unset = "200 a second, 400 at once", .meaning = "how many refusals of strangers are answered",
            .members = kRateMembers},
    Setting{.name = "peers", .shape = Shape::Objects, .most = kMaxInList, .unset = "this machine",
            .meaning = "who is known besides the PBX, and not held back as strangers are", .members = kRangeMembers, .short_for = "address"},
    Setting{.name = "ban_scanners", .shape = Shape::Flag, .unset = "`true`", .meaning = "whether who names itself as a scanner is not answered any more"},
    Setting{.name = "max_failures", .shape = Shape::Whole, .least = 1, .most = 1000, .unset = "10",
            .meaning = "wrong secrets of one address, then it is not answered any more"},
    Setting{.name = "forgiven_every_seconds", .shape = Shape::Whole, .least = 1, .most = 86400, .unit = "seconds", .unset = "30",
            .meaning = "after which one of them is forgotten"},
    Setting{.name = "ban_time_seconds", .shape = Shape::Whole, .least = 1, .most = 86400, .unit = "seconds", .unset = "600", .meaning = "for how long nothing is answered"},
};

constexpr std::array kConnectionMembers{
    Setting{.name = "most", .shape = Shape::Whole, .least = 3, .most = 65536, .unset = "256", .meaning = "connections in all"},
    Setting{.name = "for_own", .shape = Shape::Whole, .least = 1, .most = 65536, .unset = "32", .meaning = "of these, kept for those that the agent opens itself"},
    Setting{.name = "for_known", .shape = Shape::Whole, .least = 1, .most = 65536, .unset = "64",
            .meaning = "of the rest, kept for the PBX, `/sip/trusted_peers` and `/sip/door/peers`"},
    Setting{.name = "per_source", .shape = Shape::Whole, .least = 1, .most = 65536, .unset = "32", .meaning = "from one address"},
    Setting{.name = "stranger_time_seconds", .shape = Shape::Whole, .least = 1, .most = 86400, .unit = "seconds", .unset = "32",
            .meaning = "after which what anybody else has opened is closed, when no call and no request needs it any more"},
};

constexpr std::array kSipSettings{
    Setting{.section = "sip", .name = "extension", .environment = "SIP_EXTENSION", .shape = Shape::Extension, .least = 1,
            .most = kMaxName, .unset = "required", .meaning = "the extension as the PBX knows it, such as `\"6001\"`",
            .field = kField<&Config::sip, &Sip::extension>},
    Setting{.section = "sip", .name = "password", .environment = "SIP_PASSWORD", .shape = Shape::Line, .least = 1, .most = kMaxName,
            .unset = "required", .meaning = "its secret; where `/sip/registration` is `none` only a trunk that asks for one needs it", .secret = true, .field = kField<&Config::sip, &Sip::password>},
    Setting{.section = "sip", .name = "host", .environment = "ASTERISK_HOST", .shape = Shape::Host, .least = 1, .most = kMaxHostName,
            .unset = "required", .meaning = "host name or address of the PBX; the variable may say `HOST:PORT`. Where `/sip/registration` is `none`, an address",
            .field = kField<&Config::sip, &Sip::host>},
    Setting{.section = "sip", .name = "port", .shape = Shape::Whole, .least = 1, .most = 65535,
            .meaning = "its SIP port, also in `ASTERISK_HOST`; 5060 stands for 5061 where the transport is `tls`, for 80 and 443 where it is `ws` "
                       "and `wss`", .field = kField<&Config::sip, &Sip::port>},
    Setting{.section = "sip", .name = "transport", .shape = Shape::Choice, .choices = "udp tcp tls ws wss",
            .meaning = "what SIP messages travel by; `ws` and `wss` are WebSocket, plain and over TLS (RFC 7118). `tls` and `wss` are never "
                       "left for another", .field = kField<&Config::sip, &Sip::transport>},
    Setting{.section = "sip", .name = "auth_user", .shape = Shape::Line, .most = kMaxName,
            .unset = "the extension", .meaning = "user name for authentication, where it differs",
            .field = kField<&Config::sip, &Sip::auth_user>},
    Setting{.section = "sip", .name = "display_name", .shape = Shape::Line, .most = kMaxName, .unset = "none",
            .meaning = "what telephones show beside the extension", .field = kField<&Config::sip, &Sip::display_name>},
    Setting{.section = "sip", .name = "expires_seconds", .shape = Shape::Whole, .least = 60, .most = 7200,
            .unit = "seconds", .meaning = "how long a registration is asked for; the PBX may shorten it",
            .field = kField<&Config::sip, &Sip::expires>},
    Setting{.section = "sip", .name = "refresh_seconds", .shape = Shape::Whole, .least = 0, .most = 3600,
            .unit = "seconds", .meaning = "the longest time between two REGISTERs: a PBX that has lost the registration has it again after that time. 10 at least; "
                                          "0: by half to 85 % of what the PBX grants, for a provider that refuses frequent REGISTERs",
            .field = kField<&Config::sip, &Sip::refresh>},
    Setting{.section = "sip", .name = "accept_from", .shape = Shape::Choice, .choices = "registrar anyone",
            .meaning = "whose calls are taken. `registrar`: those that come from the addresses of `/sip/host` and `/sip/secondaries`, all others get 403; "
                       "`anyone`: for a PBX that sends calls from another address than it registers at",
            .field = kField<&Config::sip, &Sip::accept_from>},
    Setting{.section = "sip", .name = "challenges", .shape = Shape::Object, .unset = "any of the PBX, but not in calls that it brings",
            .meaning = "which requests for the password (401, 407) are answered. They always have to come from `/sip/host`, "
                       "`/sip/secondaries` or `/sip/outbound_proxy`",
            .members = kChallengeMembers, .field = kField<&Config::sip, &Sip::challenges>},
    Setting{.section = "sip", .name = "identity", .shape = Shape::Object, .unset = "neither verified nor signed",
            .meaning = "signed numbers of callers (STIR, SHAKEN): of calls that come, and of those of the agent",
            .members = kIdentityMembers, .field = kField<&Config::sip, &Sip::identity>},
    Setting{.section = "sip", .name = "session_timer", .shape = Shape::Choice, .choices = "accept ask off",
            .meaning = "whether calls are refreshed now and then, so that a call whose other side has vanished ends (RFC 4028). `accept`: "
                       "where the PBX asks for it; `ask`: in each call; `off`: never",
            .field = kField<&Config::sip, &Sip::session_timer>},
    Setting{.section = "sip", .name = "datagram_limit_octets", .shape = Shape::Whole, .least = 0, .most = 65000, .unit = "octets",
            .meaning = "requests of more take TCP instead of UDP where the other side has it (RFC 3261): 200 less than the path's MTU; 0: none does",
            .field = kField<&Config::sip, &Sip::datagram_limit>},
    Setting{.section = "sip", .name = "bind_address", .shape = Shape::Address,
            .meaning = "the local address for SIP; `\"0.0.0.0\"` is all of them", .field = kField<&Config::sip, &Sip::bind_address>},
    Setting{.section = "sip", .name = "bind_port", .shape = Shape::Whole, .least = 0, .most = 65535,
            .meaning = "the local port for SIP; 0 takes any that is free", .field = kField<&Config::sip, &Sip::bind_port>},
    Setting{.section = "sip", .name = "tls", .shape = Shape::Object, .unset = "the PBX proves its name to the system's certificates",
            .meaning = "of the transports `tls` and `wss`: whom to trust, and what to show", .members = kTlsMembers, .field = kField<&Config::sip, &Sip::tls>},
    Setting{.section = "sip", .name = "web_socket", .shape = Shape::Object, .unset = "none but the way to the PBX, where that is one",
            .meaning = "what WebSocket needs", .members = kWebSocketMembers, .field = kField<&Config::sip, &Sip::web_socket>},
    Setting{.section = "sip", .name = "outbound_proxy", .shape = Shape::Object, .unset = "none",
            .meaning = "the server that gets everything first, registrations and calls; it is reached by `/sip/transport`",
            .members = kServerMembers, .field = kField<&Config::sip, &Sip::outbound_proxy>},
    Setting{.section = "sip", .name = "secondaries", .shape = Shape::Objects, .least = 1, .most = 4, .unset = "none",
            .meaning = "further servers of the same PBX, in their order: what `/sip/host` does not take goes to the next, within the same "
                       "registration or call. A name alone is one with its usual port",
            .members = kServerMembers, .short_for = "host", .field = kField<&Config::sip, &Sip::secondaries>},
    Setting{.section = "sip", .name = "registration", .shape = Shape::Choice, .choices = "serial parallel none",
            .meaning = "at how many of `/sip/host` and `/sip/secondaries` the extension is registered. `serial`: at one, the first that "
                       "takes it; `parallel`: at all at once. Calls are then taken from each, and go out through the first that is registered. "
                       "`none`: at none, for a trunk that knows this host by its address. `/sip/host`, `/sip/secondaries` and "
                       "`/sip/outbound_proxy` are then addresses, whose calls are taken whatever number they are for, and the agent is ready without a registration",
            .field = kField<&Config::sip, &Sip::registration>},
    Setting{.section = "sip", .name = "transfer", .shape = Shape::Choice, .choices = "attended blind",
            .meaning = "how a caller is transferred. `attended`: the agent calls the target first and hands the caller over when it answers, so that a target who "
                       "is busy or does not answer costs no caller; where the caller's side does not support `replaces`, as `blind`. `blind`: the caller's side is "
                       "asked to call the target, and the caller comes back only where that side keeps the call",
            .field = kField<&Config::sip, &Sip::transfer>},
    Setting{.section = "sip", .name = "trusted_peers", .shape = Shape::Objects, .least = 1, .most = kMaxInList, .unset = "none",
            .meaning = "addresses besides those of the PBX whose P-Asserted-Identity is believed: trunks, session border controllers",
            .members = kTrustedPeerMembers, .short_for = "address", .field = kField<&Config::sip, &Sip::trusted_peers>},
    Setting{.section = "sip", .name = "callers", .shape = Shape::Object, .unset = "nobody is asked",
            .meaning = "who may call past the PBX, and how they prove who they are (digest)", .members = kCallersMembers,
            .field = kField<&Config::sip, &Sip::callers>},
    Setting{.section = "sip", .name = "watchers", .shape = Shape::Objects, .least = 1, .most = 64, .unset = "nobody",
            .meaning = "whose telephones may show by a lamp that the agent is on a call (RFC 4235); others get 403",
            .members = kWatcherMembers, .short_for = "watcher", .field = kField<&Config::sip, &Sip::watchers>},
    Setting{.section = "sip", .name = "door", .shape = Shape::Object, .unset = "budgets that a small office does not reach",
            .meaning = "how much of whom is served, and who is not answered any more", .members = kDoorMembers,
            .field = kField<&Config::sip, &Sip::door>},
    Setting{.section = "sip", .name = "connections", .shape = Shape::Object, .unset = "256 in all",
            .meaning = "how many connections of TCP, TLS and WebSocket there may be, and whose", .members = kConnectionMembers,
            .field = kField<&Config::sip, &Sip::connections>},
};

}  // namespace

std::span<const Setting> sip_settings() { return kSipSettings; }

}  // namespace offhook::inline v0::agent::config
