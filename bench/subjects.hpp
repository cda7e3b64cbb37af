#pragma once

#include <offhook/bench/harness.hpp>
#include <offhook/bench/measurement.hpp>

#include <string>
#include <vector>

namespace offhook::bench {

/// Digits and other tones in a voice, 20 ms at a time, against spandsp.
[[nodiscard]] std::vector<Subject> tone_subjects();
/// ITU-T G.711, 20 ms at a time, against spandsp.
[[nodiscard]] std::vector<Subject> g711_subjects();
/// ITU-T G.722, 20 ms at a time, against spandsp.
[[nodiscard]] std::vector<Subject> g722_subjects();
/// 20 ms from one rate to another, against speexdsp and, where it is found, libsamplerate.
[[nodiscard]] std::vector<Subject> resample_subjects();
/// One tick of conferences of 3, 32 and 500 legs at 16 kHz that all speak.
[[nodiscard]] std::vector<Subject> mix_subjects();
/// One tick of conferences of 2, 32 and 500 callers in which up to three speak, without their sockets: figures are for one member.
[[nodiscard]] std::vector<Subject> conference_subjects();
/// One INVITE and one 200 OK, against libosip2, sofia-sip and libre. `folder` holds invite.sip and 200-ok.sip.
[[nodiscard]] std::vector<Subject> sip_subjects(const std::string& folder);
/// Whole stacks without sockets: a complete call, and messages and refreshes beside 1 to 100,000 dialogs and registrations.
[[nodiscard]] std::vector<Subject> stack_subjects();
/// One tick of a call's reception, against speexdsp.
[[nodiscard]] std::vector<Subject> jitter_subjects();
[[nodiscard]] std::vector<Subject> leg_subjects();     ///< leg.tick.*: one call without its sockets, both directions
/// Voice activity of one call and of many, against WebRTC's detector, and the echo guard against speexdsp's canceller.
[[nodiscard]] std::vector<Subject> voice_subjects();
/// How well and how soon voice is found in noise, beside WebRTC's detector, in recordings of a human voice; what the Silero model costs.
[[nodiscard]] std::vector<Measurement> voice_measurements();

}  // namespace offhook::bench
