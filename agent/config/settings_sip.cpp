#include <offhook/agent/config/setting_field.hpp>
#include <offhook/agent/config/settings_tables.hpp>

#include <array>

/// The settings of /sip.
namespace offhook::inline v0::agent::config {

namespace {

constexpr std::array kTlsMembers{
    Setting{.name = "verify", .shape = Shape::Choice, .choices = "required pinned insecure", .unset = "`required`",
            .meaning = "how Offhook checks the PBX's certificate. `required`: an authority that Offhook trusts has signed it, and it "
                       "names `/sip/host`. `pinned`: its key has the hash `pin`, and Offhook checks nothing else. `insecure`: Offhook "
                       "accepts any certificate; for a laboratory only"},
    Setting{.name = "ca_file", .least = 1, .most = kMaxPath, .unset = "the system's certificates",
            .meaning = "the file of the authorities' certificates that Offhook trusts (PEM); it then trusts no other authority. Relative paths "
                       "here, in `certificate` and in `key` start at the folder of the configuration file"},
    Setting{.name = "pin", .least = 44, .most = 44, .unset = "none",
            .meaning = "the SHA-256 hash of the PBX's public key, in base64. With `required`, the certificate must have this key too"},
    Setting{.name = "wildcards", .shape = Shape::Flag, .unset = "`false`",
            .meaning = "whether `*.example.com` in a certificate also matches `pbx.example.com`. RFC 5922 forbids this: the key of any "
                       "host of that domain is then enough to impersonate the PBX"},
    Setting{.name = "certificate", .least = 1, .most = kMaxPath, .unset = "none",
            .meaning = "the file of Offhook's own certificate with its chain (PEM), for a PBX that asks for one"},
    Setting{.name = "key", .least = 1, .most = kMaxPath, .unset = "none",
            .meaning = "the file of the private key of `certificate` (PEM)"},
};

constexpr std::array kOriginMembers{
    Setting{.name = "origin", .least = 1, .most = kMaxHostName + 16, .unset = "required",
            .meaning = "the origin of a page, such as `https://phone.example.com`; `*` allows any page"},
};

constexpr std::array kWebSocketMembers{
    Setting{.name = "path", .least = 1, .most = 1024, .unset = "`/`",
            .meaning = "the path of the request that opens the WebSocket to the PBX, such as `/ws`"},
    Setting{.name = "port", .shape = Shape::Whole, .least = 1, .most = 65535, .unset = "none",
            .meaning = "the local port on which Offhook accepts WebSockets from browsers and other clients. They use TLS if "
                       "`/sip/tls/certificate` is set"},
    Setting{.name = "origins", .shape = Shape::Objects, .least = 1, .most = 32, .unset = "no page of a browser",
            .meaning = "the origins of the pages that may open a WebSocket to this port", .members = kOriginMembers, .short_for = "origin"},
};

constexpr std::array kServerMembers{
    Setting{.name = "host", .shape = Shape::Host, .least = 1, .most = kMaxHostName, .unset = "required",
            .meaning = "the server's name or address"},
    Setting{.name = "port", .shape = Shape::Whole, .least = 1, .most = 65535, .unset = "the port in DNS, or the transport's default port",
            .meaning = "the server's SIP port"},
};

constexpr std::array kRealmMembers{
    Setting{.name = "realm", .least = 1, .most = kMaxName, .unset = "required",
            .meaning = "a realm as the PBX writes it, such as `asterisk`"},
};

constexpr std::array kChallengeMembers{
    Setting{.name = "realms", .shape = Shape::Objects, .least = 1, .most = 4,
            .unset = "any realm whose request is as strong as the registrar's",
            .meaning = "the realms that the password is for. Offhook does not answer a request in another realm, not even the registrar's",
            .members = kRealmMembers, .short_for = "realm"},
    Setting{.name = "in_received_calls", .shape = Shape::Flag, .unset = "`false`",
            .meaning = "whether Offhook also answers requests for the password in calls and subscriptions that the other side has opened. "
                       "A caller can then collect digests of the password, and compute a weak password from them"},
};

constexpr std::array kSignerCertificateMembers{
    Setting{.name = "url", .shape = Shape::Url, .least = 1, .most = kMaxUrl, .unset = "required",
            .meaning = "the address of the certificate as signatures name it, such as `https://cert.example/a.pem`"},
    Setting{.name = "file", .least = 1, .most = kMaxPath, .unset = "required",
            .meaning = "the file of the certificate (PEM): first the signer's own, then those that lead to a trusted one"},
};

constexpr std::array kSigningMembers{
    Setting{.name = "key", .least = 1, .most = kMaxPath, .unset = "required",
            .meaning = "the file of the private key, on P-256 and without a passphrase (PEM)"},
    Setting{.name = "url", .shape = Shape::Url, .least = 1, .most = kMaxUrl, .unset = "required",
            .meaning = "the address at which other parties get the certificate of this key"},
    Setting{.name = "attest", .shape = Shape::Choice, .choices = "A B C", .unset = "none: STIR without SHAKEN",
            .meaning = "the attestation of the agent's number in SHAKEN (RFC 8588)"},
};

constexpr std::array kIdentityMembers{
    Setting{.name = "trust_file", .least = 1, .most = kMaxPath, .unset = "none: no signature is valid",
            .meaning = "the file of the CA certificates that Offhook trusts (PEM): each signer's certificate must lead to one of them. "
                       "Relative paths in this object start at the folder of the configuration file"},
    Setting{.name = "certificates", .shape = Shape::Objects, .least = 1, .most = kMaxInLongList, .unset = "none",
            .meaning = "the certificates of signers. Offhook fetches no certificate, so a signature counts only if its certificate is in this list",
            .members = kSignerCertificateMembers},
    Setting{.name = "max_age_seconds", .shape = Shape::Whole, .least = 1, .most = 600, .unit = "seconds", .unset = "60",
            .meaning = "the highest age of a valid signature, and the longest time that it may be ahead of this machine's clock"},
    Setting{.name = "failed", .shape = Shape::Choice, .choices = "take refuse", .unset = "`take`",
            .meaning = "what Offhook does with a call whose signature it cannot verify. `take`: it accepts the call, and treats the number as a claim. "
                       "`refuse`: it refuses the call (403, 436, 437, 438), unless the PBX, a trusted peer or a password vouches for the caller"},
    Setting{.name = "absent", .shape = Shape::Choice, .choices = "take refuse", .unset = "`take`",
            .meaning = "what Offhook does with a call without a signature: `take` and `refuse` (428) mean the same as in `failed`"},
    Setting{.name = "sign", .shape = Shape::Object, .unset = "none",
            .meaning = "the key and the certificate with which Offhook signs the agent's own calls", .members = kSigningMembers},
};

constexpr std::array kTrustedPeerMembers{
    Setting{.name = "address", .shape = Shape::Address, .unset = "required",
            .meaning = "the address that the peer sends from"},
};

constexpr std::array kWatcherMembers{
    Setting{.name = "watcher", .least = 1, .most = kMaxName + kMaxHostName + 6, .unset = "required",
            .meaning = "the watcher: a SIP address, such as `sip:desk@pbx.example`, that the PBX or a trusted peer asserts "
                       "(P-Asserted-Identity), or a username of `/sip/callers/who`, which the watcher must authenticate with its password"},
    Setting{.name = "view", .shape = Shape::Choice, .choices = "busy calls", .unset = "`busy`",
            .meaning = "what the watcher sees. `busy`: that the agent is on a call. `calls`: each call and its other party, unless that "
                       "party withholds its name"},
};

constexpr std::array kCallerMembers{
    Setting{.name = "username", .least = 1, .most = kMaxName, .unset = "required",
            .meaning = "the caller's name"},
    Setting{.name = "password", .least = 1, .most = kMaxName, .unset = "required",
            .meaning = "the caller's password; `\"${file:/run/secrets/door}\"` is better than the password itself", .secret = true},
};

constexpr std::array kAlgorithmMembers{
    Setting{.name = "name", .shape = Shape::Choice, .choices = "SHA-512-256 SHA-256 MD5", .unset = "required",
            .meaning = "an algorithm of the digest"},
};

constexpr std::array kCallersMembers{
    Setting{.name = "who", .shape = Shape::Objects, .least = 1, .most = 64, .unset = "required",
            .meaning = "the callers whose calls, messages and subscriptions Offhook accepts from any address, after digest authentication. Offhook "
                       "challenges all senders except the PBX and `/sip/admission/peers`",
            .members = kCallerMembers},
    Setting{.name = "realm", .least = 1, .most = kMaxName, .unset = "`offhook`",
            .meaning = "the realm that telephones show when they ask for the password"},
    Setting{.name = "algorithms", .shape = Shape::Objects, .least = 1, .most = 3, .unset = "`SHA-512-256`, `SHA-256` and `MD5`",
            .meaning = "the digest algorithms that Offhook offers, in this order. Without `MD5`, most telephones cannot answer",
            .members = kAlgorithmMembers,
            .short_for = "name"},
};

constexpr std::array kRateMembers{
    Setting{.name = "per_second", .shape = Shape::Whole, .least = 1, .most = 100000, .unset = "the default of the object",
            .meaning = "messages per second"},
    Setting{.name = "burst", .shape = Shape::Whole, .least = 1, .most = 100000, .unset = "the default of the object",
            .meaning = "messages at once"},
};

constexpr std::array kRangeMembers{
    Setting{.name = "address", .shape = Shape::Address, .unset = "required",
            .meaning = "the first address of a range, or a single address"},
    Setting{.name = "bits", .shape = Shape::Whole, .least = 0, .most = 128, .unset = "all: one address",
            .meaning = "how many leading bits all addresses of the range have in common: 24 for `192.0.2.0/24`"},
};

constexpr std::array kDoorMembers{
    Setting{.name = "enabled", .shape = Shape::Flag, .unset = "`true`",
            .meaning = "whether Offhook applies these limits. Without them, a flood of messages takes the time of the machine"},
    Setting{.name = "source", .shape = Shape::Object, .unset = "20 a second, 60 at once",
            .meaning = "the messages that Offhook accepts from each unknown address. Above this rate it answers 503, and then nothing",
            .members = kRateMembers},
    Setting{.name = "strangers", .shape = Shape::Object, .unset = "400 a second, 800 at once",
            .meaning = "the messages that Offhook accepts from all unknown addresses together",
            .members = kRateMembers},
    Setting{.name = "peer", .shape = Shape::Object, .unset = "20000 a second",
            .meaning = "the messages that Offhook accepts from each address of the PBX and of `peers`",
            .members = kRateMembers},
    Setting{.name = "refusals", .shape = Shape::Object, .unset = "200 a second, 400 at once",
            .meaning = "the refusals that Offhook sends to unknown addresses",
            .members = kRateMembers},
    Setting{.name = "peers", .shape = Shape::Objects, .most = kMaxInList, .unset = "this machine",
            .meaning = "the known addresses besides the PBX: the limits for unknown addresses do not apply to them",
            .members = kRangeMembers, .short_for = "address"},
    Setting{.name = "ban_scanners", .shape = Shape::Flag, .unset = "`true`",
            .meaning = "whether Offhook stops answering a sender that names itself as a scanner"},
    Setting{.name = "max_failures", .shape = Shape::Whole, .least = 1, .most = 1000, .unset = "10",
            .meaning = "how many wrong passwords an address may send before Offhook stops answering it"},
    Setting{.name = "forgiven_every_seconds", .shape = Shape::Whole, .least = 1, .most = 86400, .unit = "seconds", .unset = "30",
            .meaning = "the time after which Offhook forgets one of these wrong passwords"},
    Setting{.name = "ban_time_seconds", .shape = Shape::Whole, .least = 1, .most = 86400, .unit = "seconds", .unset = "600",
            .meaning = "the time for which Offhook does not answer such a sender"},
};

constexpr std::array kConnectionMembers{
    Setting{.name = "most", .shape = Shape::Whole, .least = 3, .most = 65536, .unset = "256",
            .meaning = "the highest number of connections"},
    Setting{.name = "for_own", .shape = Shape::Whole, .least = 1, .most = 65536, .unset = "32",
            .meaning = "how many of them Offhook reserves for connections that the agent opens itself"},
    Setting{.name = "for_known", .shape = Shape::Whole, .least = 1, .most = 65536, .unset = "64",
            .meaning = "how many of the remaining connections Offhook reserves for the PBX, `/sip/trusted_peers` and `/sip/admission/peers`"},
    Setting{.name = "per_source", .shape = Shape::Whole, .least = 1, .most = 65536, .unset = "32",
            .meaning = "the highest number of connections from one address"},
    Setting{.name = "stranger_time_seconds", .shape = Shape::Whole, .least = 1, .most = 86400, .unit = "seconds", .unset = "32",
            .meaning = "the time after which Offhook closes an unknown peer's connection that no call and no request needs any more"},
};

constexpr std::array kSipSettings{
    Setting{.section = "sip", .name = "extension", .environment = "SIP_EXTENSION", .shape = Shape::Extension, .least = 1,
            .most = kMaxName, .unset = "required",
            .meaning = "the agent's extension on the PBX, such as `\"6001\"`",
            .field = kField<&Config::sip, &Sip::extension>},
    Setting{.section = "sip", .name = "password", .environment = "SIP_PASSWORD", .shape = Shape::Line, .least = 1, .most = kMaxName,
            .unset = "required",
            .meaning = "the password of the extension. If `/sip/registration` is `none`, only a trunk that asks for one needs it",
            .secret = true, .field = kField<&Config::sip, &Sip::password>},
    Setting{.section = "sip", .name = "host", .environment = "ASTERISK_HOST", .shape = Shape::Host, .least = 1, .most = kMaxHostName,
            .unset = "required",
            .meaning = "the host name or address of the PBX; the variable may say `HOST:PORT`. If `/sip/registration` is `none`, it must "
                       "be an address",
            .field = kField<&Config::sip, &Sip::host>},
    Setting{.section = "sip", .name = "port", .shape = Shape::Whole, .least = 1, .most = 65535,
            .meaning = "the SIP port of the PBX; `ASTERISK_HOST` can set it too. 5060 means 5061 if the transport is `tls`, 80 if it is "
                       "`ws` and 443 if it is `wss`", .field = kField<&Config::sip, &Sip::port>},
    Setting{.section = "sip", .name = "transport", .shape = Shape::Choice, .choices = "udp tcp tls ws wss",
            .meaning = "the transport of SIP messages; `ws` and `wss` are WebSocket, plain and over TLS (RFC 7118). Offhook never uses "
                       "another transport in place of `tls` or `wss`", .field = kField<&Config::sip, &Sip::transport>},
    Setting{.section = "sip", .name = "auth_user", .shape = Shape::Line, .most = kMaxName,
            .unset = "the extension",
            .meaning = "the user name for authentication, if it is not the extension",
            .field = kField<&Config::sip, &Sip::auth_user>},
    Setting{.section = "sip", .name = "display_name", .shape = Shape::Line, .most = kMaxName, .unset = "none",
            .meaning = "the name that telephones show beside the extension", .field = kField<&Config::sip, &Sip::display_name>},
    Setting{.section = "sip", .name = "expires_seconds", .shape = Shape::Whole, .least = 60, .most = 7200,
            .unit = "seconds",
            .meaning = "the duration of a registration that Offhook asks for; the PBX may shorten it",
            .field = kField<&Config::sip, &Sip::expires>},
    Setting{.section = "sip", .name = "refresh_seconds", .shape = Shape::Whole, .least = 0, .most = 3600,
            .unit = "seconds",
            .meaning = "the longest time between two REGISTERs, at least 10: a PBX that has lost the registration has it again after this "
                       "time. 0: Offhook registers again after 50 to 85 % of the time that the PBX grants, for a provider that refuses "
                       "frequent REGISTERs",
            .field = kField<&Config::sip, &Sip::refresh>},
    Setting{.section = "sip", .name = "accept_from", .shape = Shape::Choice, .choices = "registrar anyone",
            .meaning = "the addresses that Offhook accepts calls from. `registrar`: those of `/sip/host` and `/sip/secondaries`; all "
                       "other calls get 403. `anyone`: all addresses, for a PBX that sends calls from another address than `/sip/host`",
            .field = kField<&Config::sip, &Sip::accept_from>},
    Setting{.section = "sip", .name = "challenges", .shape = Shape::Object, .unset = "all of the PBX, except in calls that it sends",
            .meaning = "the requests for the password (401, 407) that Offhook answers. They must always come from `/sip/host`, "
                       "`/sip/secondaries` or `/sip/outbound_proxy`",
            .members = kChallengeMembers, .field = kField<&Config::sip, &Sip::challenges>},
    Setting{.section = "sip", .name = "identity", .shape = Shape::Object, .unset = "no signatures",
            .meaning = "signed numbers of callers (STIR, SHAKEN): how Offhook verifies those of received calls, and signs those of the "
                       "agent's calls",
            .members = kIdentityMembers, .field = kField<&Config::sip, &Sip::identity>},
    Setting{.section = "sip", .name = "session_timer", .shape = Shape::Choice, .choices = "accept ask off",
            .meaning = "whether Offhook and the PBX refresh each call from time to time, so that a call ends when its other side has "
                       "vanished (RFC 4028). `accept`: if the PBX asks for it. `ask`: in each call. `off`: never",
            .field = kField<&Config::sip, &Sip::session_timer>},
    Setting{.section = "sip", .name = "datagram_limit_octets", .shape = Shape::Whole, .least = 0, .most = 65000, .unit = "octets",
            .meaning = "the size above which requests use TCP instead of UDP, if the other side supports it (RFC 3261). Set 200 less than the MTU of the "
                       "path. 0: requests of all sizes use UDP",
            .field = kField<&Config::sip, &Sip::datagram_limit>},
    Setting{.section = "sip", .name = "bind_address", .shape = Shape::Address,
            .meaning = "the local address for SIP; `\"0.0.0.0\"` means all of them", .field = kField<&Config::sip, &Sip::bind_address>},
    Setting{.section = "sip", .name = "bind_port", .shape = Shape::Whole, .least = 0, .most = 65535,
            .meaning = "the local port for SIP; 0 means any free port", .field = kField<&Config::sip, &Sip::bind_port>},
    Setting{.section = "sip", .name = "tls", .shape = Shape::Object, .unset = "the system's authorities must have signed the PBX's certificate",
            .meaning = "for the transports `tls` and `wss`: the certificates that Offhook trusts, and its own",
            .members = kTlsMembers, .field = kField<&Config::sip, &Sip::tls>},
    Setting{.section = "sip", .name = "web_socket", .shape = Shape::Object, .unset = "only the connection to the PBX, if it is a WebSocket",
            .meaning = "settings of WebSocket connections", .members = kWebSocketMembers, .field = kField<&Config::sip, &Sip::web_socket>},
    Setting{.section = "sip", .name = "outbound_proxy", .shape = Shape::Object, .unset = "none",
            .meaning = "the server that gets all registrations and calls first. Offhook reaches it by `/sip/transport`",
            .members = kServerMembers, .field = kField<&Config::sip, &Sip::outbound_proxy>},
    Setting{.section = "sip", .name = "secondaries", .shape = Shape::Objects, .least = 1, .most = 4, .unset = "none",
            .meaning = "further servers of the same PBX, in order. If `/sip/host` does not accept a registration or a call, Offhook tries it at the next "
                       "server. A name alone stands for a server with its default port",
            .members = kServerMembers, .short_for = "host", .field = kField<&Config::sip, &Sip::secondaries>},
    Setting{.section = "sip", .name = "registration", .shape = Shape::Choice, .choices = "serial parallel none",
            .meaning = "how many of `/sip/host` and `/sip/secondaries` the extension registers with. `serial`: with one, the first that "
                       "accepts it. `parallel`: with all at once; Offhook then accepts calls from each, and makes calls through the first "
                       "that is registered. `none`: with no server, for a trunk that knows this host by its address. `/sip/host`, "
                       "`/sip/secondaries` and `/sip/outbound_proxy` must then be addresses. Offhook accepts their calls for any number, "
                       "and the agent is ready without a registration",
            .field = kField<&Config::sip, &Sip::registration>},
    Setting{.section = "sip", .name = "srtp", .shape = Shape::Choice, .choices = "off preferred required",
            .meaning = "whether SRTP encrypts the audio of calls. `preferred`: if the other side supports it. `required`: always; Offhook refuses calls "
                       "without it. Keys in the SIP messages are sent and accepted only over TLS (`/sip/transport` `tls` or `wss`); DTLS-SRTP needs no TLS",
            .field = kField<&Config::sip, &Sip::srtp>},
    Setting{.section = "sip", .name = "srtp_keys", .shape = Shape::Choice, .choices = "sdp dtls",
            .meaning = "how outgoing calls agree on the keys of SRTP. `sdp`: the keys are in the SIP messages. `dtls`: by DTLS-SRTP, which the other side must support; "
                       "SIP messages have only fingerprints. Offhook accepts both in incoming calls. If `/sip/srtp` is `required`, Offhook offers "
                       "DTLS-SRTP without TLS even with `sdp`",
            .field = kField<&Config::sip, &Sip::srtp_keys>},
    Setting{.section = "sip", .name = "srtp_without_tls", .shape = Shape::Flag,
            .meaning = "whether Offhook sends and accepts keys of SRTP even without TLS. Each host between Offhook and the PBX can then read them, and decrypt "
                       "the audio", .field = kField<&Config::sip, &Sip::srtp_without_tls>},
    Setting{.section = "sip", .name = "ice", .shape = Shape::Choice, .choices = "off accept offer",
            .meaning = "whether calls find the addresses of their audio by ICE (RFC 8445), which helps behind NAT. `accept`: if the other side offers it. "
                       "`offer`: Offhook also offers it in outgoing calls", .field = kField<&Config::sip, &Sip::ice>},
    Setting{.section = "sip", .name = "transfer", .shape = Shape::Choice, .choices = "attended blind",
            .meaning = "how Offhook transfers a caller. `attended`: the agent calls the target first, and hands the caller over when the "
                       "target answers, so that the caller is not lost if the target is busy or does not answer. If the caller's side does not "
                       "support `replaces`, Offhook uses `blind`. `blind`: Offhook asks the caller's side to call the target. The caller "
                       "comes back only if that side keeps the call",
            .field = kField<&Config::sip, &Sip::transfer>},
    Setting{.section = "sip", .name = "trusted_peers", .shape = Shape::Objects, .least = 1, .most = kMaxInList, .unset = "none",
            .meaning = "addresses besides those of the PBX whose P-Asserted-Identity Offhook believes: trunks, session border controllers",
            .members = kTrustedPeerMembers, .short_for = "address", .field = kField<&Config::sip, &Sip::trusted_peers>},
    Setting{.section = "sip", .name = "callers", .shape = Shape::Object, .unset = "none: Offhook asks no caller for a password",
            .meaning = "the callers that may call Offhook directly instead of through the PBX, and how Offhook authenticates them (digest)",
            .members = kCallersMembers, .field = kField<&Config::sip, &Sip::callers>},
    Setting{.section = "sip", .name = "watchers", .shape = Shape::Objects, .least = 1, .most = 64, .unset = "none",
            .meaning = "the telephones that may show by a lamp that the agent is on a call (RFC 4235); all other watchers get 403",
            .members = kWatcherMembers, .short_for = "watcher", .field = kField<&Config::sip, &Sip::watchers>},
    Setting{.section = "sip", .name = "admission", .shape = Shape::Object, .unset = "limits that a small office does not reach",
            .meaning = "how many messages Offhook accepts from an address, and when it stops answering the address",
            .members = kDoorMembers,
            .field = kField<&Config::sip, &Sip::admission>},
    Setting{.section = "sip", .name = "connections", .shape = Shape::Object, .unset = "256 in all",
            .meaning = "how many connections of TCP, TLS and WebSocket Offhook accepts, and from which addresses",
            .members = kConnectionMembers,
            .field = kField<&Config::sip, &Sip::connections>},
};

}  // namespace

std::span<const Setting> sip_settings() { return kSipSettings; }

}  // namespace offhook::inline v0::agent::config
