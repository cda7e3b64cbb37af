#include <offhook/agent/config/setting_field.hpp>
#include <offhook/agent/config/settings_tables.hpp>

#include <array>

/// The settings of /media.
namespace offhook::inline v0::agent::config {

namespace {

constexpr std::array kMediaSettings{
    Setting{.section = "media", .name = "codecs", .shape = Shape::Codecs, .choices = "G722 PCMU PCMA opus L16",
            .meaning = "the codecs of calls that the agent makes, in order of preference. For received calls, `codec_choice` decides",
            .field = kField<&Config::media, &Media::codecs>},
    Setting{.section = "media", .name = "codec_choice", .shape = Shape::Choice, .choices = "caller ours",
            .meaning = "the codec of a received call. `caller`: the first of these codecs that the caller offers, so that no PBX has to "
                       "convert it. `ours`: the first of `codecs` that the caller offers at all, such as G722 for its wider band",
            .field = kField<&Config::media, &Media::codec_choice>},
    Setting{.section = "media", .name = "first_port", .shape = Shape::Whole, .least = 1024, .most = 65534,
            .meaning = "the first UDP port for audio. A call takes an even port and the odd one after it",
            .field = kField<&Config::media, &Media::first_port>},
    Setting{.section = "media", .name = "last_port", .shape = Shape::Whole, .least = 1025, .most = 65535,
            .meaning = "the last UDP port for audio", .field = kField<&Config::media, &Media::last_port>},
    Setting{.section = "media", .name = "datagrams", .shape = Shape::Choice, .choices = "auto io_uring epoll",
            .meaning = "the kernel's interface for audio. `auto`: io_uring if the kernel (6.1) and the container allow it, else epoll. "
                       "`/readyz` says which one is in use",
            .field = kField<&Config::media, &Media::datagrams>},
    Setting{.section = "media", .name = "scheduling", .shape = Shape::Choice, .choices = "auto usual",
            .meaning = "the priority of the audio threads. `auto`: above other programs (real time, else a nice value of -10), if the "
                       "system allows it (docs/run/service.md). `usual`: the default priority. `/readyz` says which one they have",
            .field = kField<&Config::media, &Media::scheduling>},
    Setting{.section = "media", .name = "jitter_buffer", .shape = Shape::Choice, .choices = "auto call",
            .meaning = "how long Offhook delays the caller's audio to wait for late packets. `auto`: a short time while only the agent "
                       "listens, and the time of `call` while a person listens. `call`: always the time that suits two people, up to a tenth of a "
                       "second longer on a bad network",
            .field = kField<&Config::media, &Media::jitter_buffer>},
    Setting{.section = "media", .name = "comfort_noise", .shape = Shape::Choice, .choices = "off hear send",
            .meaning = "comfort noise (RFC 3389) with PCMU and PCMA. `hear`: Offhook offers and accepts it, and sends audio without a "
                       "pause, so that NATs and session border controllers do not take the agent's silence for the end of the call. "
                       "`send`: Offhook also leaves out the agent's silence, if the other side agrees. `off`: Offhook neither offers nor "
                       "accepts it",
            .field = kField<&Config::media, &Media::comfort_noise>},
    Setting{.section = "media", .name = "source", .shape = Shape::Choice, .choices = "sdp peer any",
            .meaning = "the addresses that a call's audio may come from, besides the address in the session description. `peer`, for a peer behind a NAT: any "
                       "port of that host, and of the host that sends the SIP messages. `any`: every host; a stranger can then get the "
                       "call's audio until audio comes from the described address. `sdp`: no other address",
            .field = kField<&Config::media, &Media::source>},
    Setting{.section = "media", .name = "country", .shape = Shape::Choice, .choices = "none US CA GB DE FR NL IT ES AU JP",
            .meaning = "the country whose busy, congestion and information tones end a call that the agent makes, as if the PBX had "
                       "refused it",
            .field = kField<&Config::media, &Media::country>},
    Setting{.section = "media", .name = "hang_up_tone", .shape = Shape::Choice, .choices = "none US CA GB DE FR NL IT ES AU JP",
            .meaning = "the country whose busy or congestion tone ends a received call, after five to eight cycles (2.4 to 8.6 s) without "
                       "another sound. It is for lines that show the end of a call in no other way, such as those of analogue gateways",
            .field = kField<&Config::media, &Media::hang_up_tone>},
    Setting{.section = "media", .name = "voice_activity", .shape = Shape::Choice, .choices = "spectral silero",
            .meaning = "what finds the caller's voice in noise. `silero`: a model helps the spectral detector (docs/voice-activity.md "
                       "says how to install it). If the model is absent, `/readyz` says so, and Offhook uses `spectral`",
            .field = kField<&Config::media, &Media::voice_activity>},
    Setting{.section = "media", .name = "voice_model", .shape = Shape::Line, .most = kMaxPath, .unset = "the folder of `install-silero`",
            .meaning = "the folder of that model, as a path from `/` on. Its code runs with all rights of Offhook, which loads it only if "
                       "no other user may change it", .field = kField<&Config::media, &Media::voice_model>},
};

}  // namespace

std::span<const Setting> media_settings() { return kMediaSettings; }

}  // namespace offhook::inline v0::agent::config
