#pragma once

#include <offhook/bench/harness.hpp>
#include <offhook/bench/measurement.hpp>

#include <string>
#include <vector>

namespace offhook::bench {

/// Returns the detection of digits and other tones in a voice, 20 ms at a time, against spandsp.
[[nodiscard]] std::vector<Subject> tone_subjects();
/// Returns ITU-T G.711, 20 ms at a time, against spandsp.
[[nodiscard]] std::vector<Subject> g711_subjects();
/// Returns ITU-T G.722, 20 ms at a time, against spandsp.
[[nodiscard]] std::vector<Subject> g722_subjects();
/// Returns the resampling of 20 ms between two rates, against speexdsp and, if it is installed, libsamplerate.
[[nodiscard]] std::vector<Subject> resample_subjects();
/// Returns one tick of conferences of 3, 32 and 500 legs at 16 kHz that all speak.
[[nodiscard]] std::vector<Subject> mix_subjects();
/// Returns one tick of conferences of 2, 32 and 500 callers without sockets, of which up to three speak. Figures are per member.
[[nodiscard]] std::vector<Subject> conference_subjects();
/// Returns the parsing of one INVITE and one 200 OK, against libosip2, sofia-sip and libre. `folder` holds invite.sip and 200-ok.sip.
[[nodiscard]] std::vector<Subject> sip_subjects(const std::string& folder);
/// Returns the work of whole stacks without sockets: a complete call, and messages and refreshes beside 1 to 100,000 dialogs and registrations.
[[nodiscard]] std::vector<Subject> stack_subjects();
/// Returns one tick of a call's reception, against speexdsp.
[[nodiscard]] std::vector<Subject> jitter_subjects();
/// Returns the protection of one packet of 172 octets by SRTP, and its removal, against libsrtp2.
[[nodiscard]] std::vector<Subject> srtp_subjects();
[[nodiscard]] std::vector<Subject> leg_subjects();     ///< leg.tick.*: one call without its sockets, both directions
/// Returns the voice activity of one call and of many, against WebRTC's detector, and the echo guard, against speexdsp's canceller.
[[nodiscard]] std::vector<Subject> voice_subjects();
/// Measures how well and how soon a voice is found in noise, in recordings of a human voice, beside WebRTC's detector. Also measures the cost of the
/// Silero model.
[[nodiscard]] std::vector<Measurement> voice_measurements();

}  // namespace offhook::bench
