#include <offhook/agent/config/setting_field.hpp>
#include <offhook/agent/config/settings_tables.hpp>

#include <array>

/// The settings of /media.
namespace offhook::inline v0::agent::config {

namespace {

constexpr std::array kMediaSettings{
    Setting{.section = "media", .name = "codecs", .shape = Shape::Codecs, .choices = "G722 PCMU PCMA opus L16",
            .meaning = "in order of preference, for calls that the agent makes; in those that it takes `codec_choice` decides",
            .field = kField<&Config::media, &Media::codecs>},
    Setting{.section = "media", .name = "codec_choice", .shape = Shape::Choice, .choices = "caller ours",
            .meaning = "which codec of these a call to the agent gets: `caller` is the first that the caller offers, so that no PBX has to convert "
                       "it; `ours` is the first of `codecs` that is offered at all, such as G722 for its wider band",
            .field = kField<&Config::media, &Media::codec_choice>},
    Setting{.section = "media", .name = "first_port", .shape = Shape::Whole, .least = 1024, .most = 65534,
            .meaning = "first UDP port for audio. A call takes an even port and the odd one after it",
            .field = kField<&Config::media, &Media::first_port>},
    Setting{.section = "media", .name = "last_port", .shape = Shape::Whole, .least = 1025, .most = 65535,
            .meaning = "last UDP port for audio", .field = kField<&Config::media, &Media::last_port>},
    Setting{.section = "media", .name = "datagrams", .shape = Shape::Choice, .choices = "auto io_uring epoll",
            .meaning = "the kernel's interface for audio: `auto` is io_uring where kernel (6.1) and container allow it, else epoll; `/readyz` says which",
            .field = kField<&Config::media, &Media::datagrams>},
    Setting{.section = "media", .name = "scheduling", .shape = Shape::Choice, .choices = "auto usual",
            .meaning = "what audio's threads are to others that want their cores: `auto` puts them before (real time, else a nice of -10) where "
                       "the system allows that (docs/run/service.md), `usual` never; `/readyz` says what came of it",
            .field = kField<&Config::media, &Media::scheduling>},
    Setting{.section = "media", .name = "jitter_buffer", .shape = Shape::Choice, .choices = "auto call",
            .meaning = "for whom callers' audio is held up until late packets are there: `auto` is short while the agent alone listens, and as `call` while "
                       "a person does; `call` always waits as two people who talk would, up to a tenth of a second longer on a bad network",
            .field = kField<&Config::media, &Media::jitter_buffer>},
    Setting{.section = "media", .name = "comfort_noise", .shape = Shape::Choice, .choices = "off hear send",
            .meaning = "RFC 3389 with PCMU and PCMA: `hear` offers and takes it, and sends audio without a pause, which keeps NATs and session border "
                       "controllers from taking the agent's silence for the end of the call; `send` leaves out the agent's silence where the other "
                       "side agrees; `off` neither offers nor takes it",
            .field = kField<&Config::media, &Media::comfort_noise>},
    Setting{.section = "media", .name = "source", .shape = Shape::Choice, .choices = "sdp peer any",
            .meaning = "from where a call's audio is taken, besides the address of the session description, which always wins: `peer` is any port of that "
                       "address's host and of the host that the SIP messages come from, which is where a peer behind a NAT is; `any` is every host, and lets a "
                       "stranger have the call's audio until the peer is heard from the described address; `sdp` is no other address at all",
            .field = kField<&Config::media, &Media::source>},
    Setting{.section = "media", .name = "country", .shape = Shape::Choice, .choices = "none US CA GB DE FR NL IT ES AU JP",
            .meaning = "whose busy, congestion and information tones end a call that the agent makes, as if the PBX had refused it",
            .field = kField<&Config::media, &Media::country>},
    Setting{.section = "media", .name = "hang_up_tone", .shape = Shape::Choice, .choices = "none US CA GB DE FR NL IT ES AU JP",
            .meaning = "whose busy or congestion tone, after five to eight cycles of it (2.4 to 8.6 s) with nothing else between, ends a call that the agent "
                       "was given: for lines that tell by nothing else that the caller has hung up, as those of analogue gateways",
            .field = kField<&Config::media, &Media::hang_up_tone>},
    Setting{.section = "media", .name = "voice_activity", .shape = Shape::Choice, .choices = "spectral silero",
            .meaning = "what tells the caller's voice from noise: `silero` has a model help the spectral detector (docs/voice-activity.md tells how it is installed; absent, `/readyz` says so, and `spectral` does alone)",
            .field = kField<&Config::media, &Media::voice_activity>},
    Setting{.section = "media", .name = "voice_model", .shape = Shape::Line, .most = kMaxPath, .unset = "where `install-silero` puts it",
            .meaning = "the folder of that model, as a path from `/` on: code in it runs as Offhook does, and it is loaded only where no other user may change it", .field = kField<&Config::media, &Media::voice_model>},
};

}  // namespace

std::span<const Setting> media_settings() { return kMediaSettings; }

}  // namespace offhook::inline v0::agent::config
