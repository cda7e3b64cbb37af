#pragma once

#include <offhook/bench/harness.hpp>
#include <offhook/bench/measurement.hpp>

#include <string>
#include <vector>

namespace offhook::bench {

/// Returns the detection of digits and of other tones in a voice, 20 ms at a time, compared with spandsp.
[[nodiscard]] std::vector<Subject> tone_subjects();
/// Returns the encoding and decoding of ITU-T G.711, 20 ms at a time, compared with spandsp.
[[nodiscard]] std::vector<Subject> g711_subjects();
/// Returns the encoding and decoding of ITU-T G.722, 20 ms at a time, compared with spandsp.
[[nodiscard]] std::vector<Subject> g722_subjects();
/// Returns the resampling of 20 ms between two rates, compared with speexdsp and, if it is installed, libsamplerate.
[[nodiscard]] std::vector<Subject> resample_subjects();
/// Returns one tick of conferences at 16 kHz with 3, 32 and 500 legs, all of which speak.
[[nodiscard]] std::vector<Subject> mix_subjects();
/// Returns one tick of conferences with 2, 32 and 500 callers without sockets, of which up to three speak. Figures are per member.
[[nodiscard]] std::vector<Subject> conference_subjects();
/// Returns the parsing of one INVITE and one 200 OK, compared with libosip2, sofia-sip and libre. `folder` has the files invite.sip and 200-ok.sip.
[[nodiscard]] std::vector<Subject> sip_subjects(const std::string& folder);
/// Returns the work of whole stacks without sockets: a complete call, and messages and refreshes while the stack has 1 to 100,000 dialogs
/// or registrations.
[[nodiscard]] std::vector<Subject> stack_subjects();
/// Returns one tick of a call's reception, compared with speexdsp.
[[nodiscard]] std::vector<Subject> jitter_subjects();
/// Returns the protection of one packet of 172 octets by SRTP, and its removal, compared with libsrtp2.
[[nodiscard]] std::vector<Subject> srtp_subjects();
/// Returns the work of both sides of one handshake of DTLS-SRTP, without sockets, compared with OpenSSL alone.
[[nodiscard]] std::vector<Subject> dtls_subjects();
[[nodiscard]] std::vector<Subject> leg_subjects();     ///< leg.tick.*: one call without its sockets, both directions
/// Returns the voice activity of one call and of many calls, compared with WebRTC's detector, and the echo guard, compared with speexdsp's canceller.
[[nodiscard]] std::vector<Subject> voice_subjects();
/// Measures how well and how early a voice is detected in noise, with recordings of a human voice, compared with WebRTC's detector. Also
/// measures the cost of the Silero model.
[[nodiscard]] std::vector<Measurement> voice_measurements();

}  // namespace offhook::bench
