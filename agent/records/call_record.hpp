#pragma once

#include <offhook/agent/call/incoming.hpp>
#include <offhook/agent/conversation/service_use.hpp>
#include <offhook/agent/support/wall_time.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The record of a call that has ended (docs/records.md describes every member of its line).
namespace offhook::inline v0::agent {
class JsonLine;
}

namespace offhook::inline v0::agent::records {

inline constexpr int kSchemaVersion = 1;
inline constexpr std::size_t kMaxFieldBytes = 256;            ///< octets of each header field, name and reason, before escaping
inline constexpr std::size_t kMaxTurns = 200;                 ///< further turns are only counted
inline constexpr std::size_t kMaxTurnTextBytes = 2048;        ///< octets of one Turn::heard or Turn::said
inline constexpr std::size_t kMaxTroubles = 32;               ///< troubles in a record; later troubles are only counted
inline constexpr std::size_t kMaxToolUses = 64;
inline constexpr std::size_t kMaxNotes = 8;
inline constexpr std::size_t kMaxOthers = 8;                  ///< other parties in a record; later parties are left out
inline constexpr std::size_t kMaxServices = 16;               ///< services in a record; the use of further services is left out
inline constexpr std::size_t kMaxTones = 16;                  ///< tones in a record; later tones are left out
inline constexpr std::size_t kMaxCallTextBytes = 32U << 10U;  ///< octets of all words of the call; later words are left out

struct Party {
  std::string uri, display;
};

struct Turn {
  enum class Kind : std::uint8_t { Opening, Speech, Digits, Other };  ///< Other: a turn without input, or a failed stage
  Kind kind = Kind::Other;
  std::int64_t at_ms = 0;          ///< milliseconds since the answer
  std::string heard;               ///< the words, only if words are kept; for a turn of digits the digits, only if digits are kept
  std::uint64_t heard_length = 0;  ///< number of keyed digits, or octets of text; always set
  double confidence = 0;
  bool rejected = false;
  std::string intent;
  double score = 0;
  std::string said;                               ///< the part of the agent's words that the caller really heard, only if words are kept
  std::optional<std::int64_t> response_ms;        ///< time from the caller's last voiced frame (or key) to the agent's first frame
  std::optional<std::int64_t> interrupted_at_ms;  ///< time since the agent's first frame
};

/// A stage of a turn that failed or returned nothing, and the provider that replaced it.
struct Trouble {
  std::int64_t at_ms = 0;  ///< milliseconds since the answer
  std::string stage;       ///< "listen", "think", "speak"
  std::string why;
  std::string from, to;    ///< names of the failed provider and of its replacement; "": the same provider tried again, or no other was left
};

/// Another person whom the caller's side connected to the call, with the name and address that the caller's side gave.
struct OtherParty {
  std::int64_t at_ms = 0;  ///< milliseconds since the answer
  Party party;
};

/// A tool call of the model. Its arguments are not kept, because they may contain the caller's words.
struct ToolUse {
  std::int64_t at_ms = 0;
  std::string name;
  bool done = false, refused = false;  ///< both false: the tool call never returned
};

struct MediaQuality {
  std::uint64_t packets_sent = 0, packets_received = 0, octets_sent = 0, octets_received = 0;
  std::uint64_t lost = 0, late = 0, duplicate = 0;
  double jitter_ms = 0;
  std::uint64_t concealed_ms = 0;
  std::optional<double> round_trip_ms;
  std::uint64_t discarded = 0;                    ///< packets that count as received, but came too late for playout
  std::uint64_t bursts = 0;                       ///< bursts of loss: RFC 3611 section 4.7.2; lengths are means, densities are shares of packets
  double burst_ms = 0, burst_density = 0, gap_ms = 0, gap_density = 0;
  double buffer_ms = 0, one_way_ms = 0;
  std::optional<double> r, mos, mos_listening;    ///< ITU-T G.107; nullopt: there is no published planning value for the codec
  bool wideband = false;                          ///< true: r and the mos values use the wideband scale
  std::optional<double> speech_dbov, noise_dbov, peak_dbov;
  double silent_percent = 0, clipped_percent = 0;
  std::optional<double> echo_return_loss_db;      ///< loss of the agent's voice on its way back to Offhook; nullopt: no echo came back
  std::string one_way;                            ///< each direction without audio during the call, in words; "": both had audio
  // The figures of W3C webrtc-stats, with times instead of numbers of samples.
  std::uint64_t concealment_events = 0;
  double silent_concealed_ms = 0, inserted_ms = 0, removed_ms = 0;
  double mean_buffer_ms = 0;                      ///< mean time from a packet's arrival to its playout, over the whole call
  /// The peer's report on the audio that it received from Offhook, in RTCP XR (RFC 3611 section 4.7). An unknown value is nullopt.
  struct PeersView {
    double lost_percent = 0, discarded_percent = 0, burst_ms = 0, burst_density = 0, gap_ms = 0, gap_density = 0;
    double round_trip_ms = 0, end_system_ms = 0;
    std::optional<double> r, mos, mos_listening, speech_dbm0, noise_dbm0, echo_return_loss_db;
  };
  std::optional<PeersView> peers_view{};
  std::uint64_t refused = 0;                      ///< datagrams that SRTP refused: unprotected, repeated, or not protected with the peer's key
};

/// Total time of silence in a recording, by the party that paused it.
struct PausedFor {
  std::chrono::milliseconds by_model{}, by_operator{};
};

struct Ending {
  enum class By : std::uint8_t { Caller, Called, Agent, Network, Unknown };
  By by = By::Unknown;
  std::string cause;   ///< Offhook's own word: "hung up", "silence limit", "refused 486" ...
  int status = 0;      ///< SIP response that ended the call; 0: none
  std::string reason;  ///< reason phrase of the response, or the Reason header field
  std::string detail;  ///< reason of the dialogue, or the text of an error
};

struct CallRecord {
  std::string id;                      ///< new_call_id()
  std::string sip_call_id, local_tag;  ///< together they identify the leg
  std::string account;
  bool outgoing = false;
  Party from, to;
  std::vector<OtherParty> others;  ///< in the order of their connection
  std::string dialled;  ///< Request-URI
  std::string source;   ///< address from which the INVITE came
  call::CallerCheck identity{};  ///< result of the check of the signature on the caller's number (for SIP: RFC 8224)
  WallTime invited_at{};
  std::optional<WallTime> ringing_at, answered_at, ended_at;
  std::int64_t setup_ms = 0;     ///< time from the INVITE to the answer, or to the end of an unanswered call
  std::int64_t duration_ms = 0;  ///< time from the answer to the end of the call
  std::string codec;
  std::uint32_t rtp_clock_hz = 0, sample_rate_hz = 0;
  std::string encryption;   ///< encryption of the audio, as a text for people; "": none
  std::string path;         ///< path of the audio that ICE found, as a text for people; "": ICE was not used
  Ending ending;
  std::optional<MediaQuality> media;
  std::vector<Turn> turns;
  std::uint64_t turns_left_out = 0;
  std::string digits_received, digits_sent;  ///< '*' for each digit, unless digits are kept
  std::string transfer_target;
  int transfer_status = 0;  ///< 0: no transfer, or no response to it
  std::string recording;    ///< name of the file in the folder of recordings; "": none
  std::int64_t paused_by_model_ms = 0, paused_by_operator_ms = 0;  ///< time of silence in the recording, by the party that paused it
  std::string agent;        ///< name of the agent in the configuration; "": there is only one agent
  struct Service {
    std::string name;          ///< the provider's name and the service, such as "NAME/realtime"; "": the conversation never began
    std::string model, voice;  ///< "": the service has no choice
  };
  Service service{};        ///< the service at the start of the conversation
  std::vector<Trouble> troubles;
  std::uint64_t troubles_left_out = 0;
  std::vector<ToolUse> tools;
  std::string answered_by;         ///< "human", "machine", "fax", "unknown"; "": not detected
  std::int64_t answered_by_ms = 0; ///< time from the call's answer to this result
  std::vector<std::string> tones;  ///< tones from the network or from a machine, in the order of their arrival
  std::vector<std::string> notes;  ///< notes of the agent for people
  std::vector<ServiceUse> uses;    ///< use of providers' services, one entry for each service
};

[[nodiscard]] std::string_view to_string(Ending::By by);
[[nodiscard]] std::string_view to_string(Turn::Kind kind);
/// Writes the members of `media` into the open object.
void write_media(JsonLine& line, const MediaQuality& media);

/// These functions return a sealed line with its line feed. `run` identifies this run of the program: readers know by it that a call of an earlier run,
/// which has no line for its end, was interrupted.
[[nodiscard]] std::string to_line(const CallRecord& record, std::string_view run);
[[nodiscard]] std::string to_started_line(const CallRecord& record, std::string_view run);
[[nodiscard]] std::string to_run_line(std::string_view run, std::int64_t pid, WallTime now);

}  // namespace offhook::inline v0::agent::records
