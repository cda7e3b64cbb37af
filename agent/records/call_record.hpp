#pragma once

#include <offhook/agent/providers/service_use.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What is kept of a call when it is over (docs/records.md has every member of its line).
namespace offhook::inline v0::agent::records {

class JsonLine;

using WallTime = std::chrono::system_clock::time_point;

inline constexpr int kSchemaVersion = 1;
inline constexpr std::size_t kMaxFieldBytes = 256;            ///< of each header field, name and reason, before escaping
inline constexpr std::size_t kMaxTurns = 200;                 ///< further ones are counted only
inline constexpr std::size_t kMaxTurnTextBytes = 2048;        ///< of one thing said
inline constexpr std::size_t kMaxTroubles = 32;               ///< the first ones; of the others the number
inline constexpr std::size_t kMaxToolUses = 64;
inline constexpr std::size_t kMaxNotes = 8;
inline constexpr std::size_t kMaxOthers = 8;                  ///< the first ones
inline constexpr std::size_t kMaxServices = 16;               ///< whose use is kept: the first ones
inline constexpr std::size_t kMaxTones = 16;                  ///< the first ones
inline constexpr std::size_t kMaxCallTextBytes = 32U << 10U;  ///< of all that was said in the call; what comes later is left out

struct Party {
  std::string uri, display;
};

struct Turn {
  enum class Kind : std::uint8_t { Opening, Speech, Digits, Other };  ///< Other: nobody said anything, or a part failed
  Kind kind = Kind::Other;
  std::int64_t at_ms = 0;          ///< since the answer
  std::string heard;               ///< only where transcripts are kept; digits only where digits are kept
  std::uint64_t heard_length = 0;  ///< characters keyed in, or octets of text: known without either
  double confidence = 0;
  bool rejected = false;
  std::string intent;
  double score = 0;
  std::string said;                               ///< only where transcripts are kept: what the caller really heard of it
  std::optional<std::int64_t> response_ms;        ///< from the caller's last voiced frame (or key) to our first frame
  std::optional<std::int64_t> interrupted_at_ms;  ///< since our first frame
};

/// A stage of a turn that failed or stayed silent, and who did it instead.
struct Trouble {
  std::int64_t at_ms = 0;  ///< since the answer
  std::string stage;       ///< "listen", "think", "speak"
  std::string why;
  std::string from, to;    ///< providers; "" when the same was asked again, or nobody else could do it
};

/// Another person whom the caller's side connected to the call, as it names them.
struct OtherParty {
  std::int64_t at_ms = 0;  ///< since the answer
  Party party;
};

/// A tool that the model asked for. What it asked for is not kept: it may hold what the caller said.
struct ToolUse {
  std::int64_t at_ms = 0;
  std::string name;
  bool done = false, refused = false;  ///< neither: it never came back
};

struct MediaQuality {
  std::uint64_t packets_sent = 0, packets_received = 0, octets_sent = 0, octets_received = 0;
  std::uint64_t lost = 0, late = 0, duplicate = 0;
  double jitter_ms = 0;
  std::uint64_t concealed_ms = 0;
  std::optional<double> round_trip_ms;
  std::uint64_t discarded = 0;                    ///< of the packets that count: those that came too late to be played
  std::uint64_t bursts = 0;                       ///< of loss, RFC 3611 section 4.7.2; lengths are means, densities shares of packets
  double burst_ms = 0, burst_density = 0, gap_ms = 0, gap_density = 0;
  double buffer_ms = 0, one_way_ms = 0;
  std::optional<double> r, mos, mos_listening;    ///< ITU-T G.107; nothing: no planning value of the codec is published
  bool wideband = false;                          ///< their scale
  std::optional<double> speech_dbov, noise_dbov, peak_dbov;
  double silent_percent = 0, clipped_percent = 0;
  std::optional<double> echo_return_loss_db;      ///< of what we said, when it came back
  std::string one_way;                            ///< what ever was, in words; "" for nothing
  // As webrtc-stats defines them; of the stretched and concealed as time.
  std::uint64_t concealment_events = 0;
  double silent_concealed_ms = 0, inserted_ms = 0, removed_ms = 0;
  double mean_buffer_ms = 0;                      ///< from a packet's arrival to its playing, over the call
  /// What the peer told of the sound that we send, in RTCP XR (RFC 3611 section 4.7). A member that it does not know is nothing.
  struct PeersView {
    double lost_percent = 0, discarded_percent = 0, burst_ms = 0, burst_density = 0, gap_ms = 0, gap_density = 0;
    double round_trip_ms = 0, end_system_ms = 0;
    std::optional<double> r, mos, mos_listening, speech_dbm0, noise_dbm0, echo_return_loss_db;
  };
  std::optional<PeersView> peers_view{};
};

/// For how long a recording has silence, by whose order.
struct PausedFor {
  std::chrono::milliseconds by_model{}, by_operator{};
};

struct Ending {
  enum class By : std::uint8_t { Caller, Called, Agent, Network, Unknown };
  By by = By::Unknown;
  std::string cause;   ///< our word for it: "hung up", "silence limit", "refused 486" ...
  int status = 0;      ///< the SIP response that ended it; 0: none
  std::string reason;  ///< its phrase, or the Reason header field
  std::string detail;  ///< what the dialogue gave as its reason, or an error's sentence
};

struct CallRecord {
  std::string id;                      ///< ours: new_call_id()
  std::string sip_call_id, local_tag;  ///< together they name the leg
  std::string account;
  bool outgoing = false;
  Party from, to;
  std::vector<OtherParty> others;  ///< in order
  std::string dialled;  ///< the Request-URI
  std::string source;   ///< where the INVITE came from
  struct Identity {
    std::string result;  ///< "passed", "failed", "absent"; "": it was not checked
    std::string attest;  ///< of SHAKEN: "A", "B", "C"; "" none
    std::string origid;  ///< of SHAKEN: names who brought the call into the network
    std::string why;     ///< it is not passed
  };
  Identity identity{};   ///< what the caller's signature proves (RFC 8224)
  WallTime invited_at{};
  std::optional<WallTime> ringing_at, answered_at, ended_at;
  std::int64_t setup_ms = 0;     ///< invite to answer, or to the end of a call that was never answered
  std::int64_t duration_ms = 0;  ///< answer to end
  std::string codec;
  std::uint32_t rtp_clock_hz = 0, sample_rate_hz = 0;
  Ending ending;
  std::optional<MediaQuality> media;
  std::vector<Turn> turns;
  std::uint64_t turns_left_out = 0;
  std::string digits_received, digits_sent;  ///< '*' for each, unless digits are kept
  std::string transfer_target;
  int transfer_status = 0;  ///< 0: none asked, or never answered
  std::string recording;    ///< its file's name in the folder of recordings; "": none
  std::int64_t paused_by_model_ms = 0, paused_by_operator_ms = 0;  ///< for so long it has silence, by whose order
  std::string agent;        ///< which of the configuration's agents; "" of the only one
  struct Service {
    std::string name;          ///< "openai/realtime"; "": the conversation never began
    std::string model, voice;  ///< "": there is none to choose
  };
  Service service{};        ///< that held the conversation when it began
  std::vector<Trouble> troubles;
  std::uint64_t troubles_left_out = 0;
  std::vector<ToolUse> tools;
  std::string answered_by;         ///< "human", "machine", "fax", "unknown"; "" when nobody listened for that
  std::int64_t answered_by_ms = 0; ///< so long after the answer it was known
  std::vector<std::string> tones;  ///< that the network or a machine let us hear, in order
  std::vector<std::string> notes;  ///< left by the agent for people to read
  std::vector<ServiceUse> uses;    ///< of providers' services, each once
};

[[nodiscard]] std::string_view to_string(Ending::By by);
[[nodiscard]] std::string_view to_string(Turn::Kind kind);
/// RFC 3339 in UTC with milliseconds: "2026-11-21T09:00:00.123Z".
[[nodiscard]] std::string to_rfc3339(WallTime time);
/// Nothing: that is not written as to_rfc3339() writes it, or not of the years 1970 to 2200.
[[nodiscard]] std::optional<WallTime> parse_rfc3339(const std::string& text);

/// The members of `media`, into an object that is open.
void write_media(JsonLine& line, const MediaQuality& media);

/// Lines as they are written, sealed, with their line feed. `run` names the writer's run: what began in an earlier run and has no
/// end was interrupted.
[[nodiscard]] std::string to_line(const CallRecord& record, std::string_view run);
[[nodiscard]] std::string to_started_line(const CallRecord& record, std::string_view run);
[[nodiscard]] std::string to_run_line(std::string_view run, std::int64_t pid, WallTime now);

}  // namespace offhook::inline v0::agent::records
