#include <offhook/agent/records/listing.hpp>

#include <offhook/agent/records/call_id.hpp>
#include <offhook/agent/records/text_table.hpp>
#include <offhook/agent/support/colour.hpp>
#include <offhook/agent/support/json_line.hpp>
#include <offhook/base/text.hpp>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>
#include <iterator>
#include <tuple>

namespace offhook::inline v0::agent::records {

namespace {

/// On 80 columns there are the id, the time, the other party, the side that ended the call, and the quality: `offhook calls ID` prints the rest.
constexpr std::array kTableOfCalls{
    TableColumn{.name = "id", .usual = 13, .least = 13},
    TableColumn{.name = "time", .usual = 19, .least = 19},
    TableColumn{.name = "dir", .usual = 3, .least = 3, .leaves_as = 3},
    TableColumn{.name = "other party", .usual = 26, .least = 12, .leaves_as = 7},
    TableColumn{.name = "length", .usual = 7, .least = 7, .leaves_as = 4, .is_right = true},
    TableColumn{.name = "codec", .usual = 5, .least = 5, .leaves_as = 2},
    TableColumn{.name = "turns", .usual = 5, .least = 5, .leaves_as = 1, .is_right = true},
    TableColumn{.name = "ended by", .usual = 28, .least = 15, .leaves_as = 6},
    TableColumn{.name = "quality", .usual = 27, .least = 11, .leaves_as = 5},
};

std::string local_time(WallTime time) {
  return fmt::format("{:%Y-%m-%d %H:%M:%S}", fmt::localtime(std::chrono::system_clock::to_time_t(time)));
}

std::string length(std::int64_t ms) {
  const auto seconds = ms / 1000;
  if (seconds < 3600) return fmt::format("{}:{:02}", seconds / 60, seconds % 60);
  return fmt::format("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
}

/// Returns the user of an address: "sip:+4930@pbx.example" -> "+4930". Returns the whole address if it has no user.
std::string_view user_of(std::string_view uri) {
  const auto colon = uri.find(':');
  const auto at = uri.find('@');
  if (at == std::string_view::npos || colon == std::string_view::npos || colon > at) return uri;
  return uri.substr(colon + 1, at - colon - 1);
}

std::string other_party(const CallRecord& record) {
  const Party& party = record.outgoing ? record.to : record.from;
  const std::string user = printable(user_of(party.uri), kMaxFieldBytes);
  return party.display.empty() ? user : user + " (" + printable(party.display, kMaxFieldBytes) + ")";
}

std::string by_whom(const StoredCall& call) {
  if (call.state == StoredCall::State::InProgress) return "in progress";
  if (call.state == StoredCall::State::Interrupted) return "interrupted";
  const Ending& ending = call.record.ending;
  return fmt::format("{}: {}", to_string(ending.by), printable(ending.cause, kMaxFieldBytes));
}

double lost_percent(const MediaQuality& media) {
  const auto expected = static_cast<double>(media.packets_received + media.lost);
  return expected > 0 ? 100.0 * static_cast<double>(media.lost + media.late) / expected : 0.0;
}

std::string quality(const CallRecord& record) {
  if (!record.media) return "-";
  if (record.media->packets_received == 0) return "no packets";
  const std::string mos = record.media->mos ? fmt::format(", MOS {:.1f}", *record.media->mos) : std::string();
  return fmt::format("{:.1f} % lost, {:.0f} ms{}", lost_percent(*record.media), record.media->jitter_ms, mos);
}

std::string stamp(std::int64_t ms) {
  return fmt::format("{:>3}:{:04.1f}", ms / 60000, static_cast<double>(ms % 60000) / 1000.0);
}

void add_turn(std::string& out, const Turn& turn, bool outgoing, bool colours) {
  const std::string them = painted(outgoing ? "called " : "caller ", Colour::Caller, colours);
  if (turn.kind == Turn::Kind::Speech) {
    const std::string heard =
        turn.heard.empty() ? fmt::format("({} characters)", turn.heard_length) : printable(turn.heard, kMaxTurnTextBytes);
    out += fmt::format("{}  {} {}  [{:.2f}{}]\n", stamp(turn.at_ms), them, heard, turn.confidence,
                       turn.rejected ? ", not understood" : "");
  } else if (turn.kind == Turn::Kind::Digits) {
    out += fmt::format("{}  {} pressed {}\n", stamp(turn.at_ms), them, printable(turn.heard, kMaxFieldBytes));
  } else if (turn.kind == Turn::Kind::Other) {
    out += fmt::format("{}  {} (silence)\n", stamp(turn.at_ms), them);
  }
  std::string notes;
  if (!turn.intent.empty()) notes += fmt::format("{} {:.2f}", printable(turn.intent, kMaxFieldBytes), turn.score);
  if (turn.response_ms) notes += fmt::format("{}after {} ms", notes.empty() ? "" : ", ", *turn.response_ms);
  if (turn.interrupted_at_ms)
    notes += fmt::format("{}interrupted at {:.1f} s", notes.empty() ? "" : ", ",
                         static_cast<double>(*turn.interrupted_at_ms) / 1000.0);
  out += fmt::format("{:>8}  {} {}{}\n", "", painted("agent  ", Colour::Agent, colours),
                     turn.said.empty() ? "(said something)" : printable(turn.said, kMaxTurnTextBytes),
                     notes.empty() ? "" : "  [" + notes + "]");
}

/// Appends the troubles with their replacements, the tool calls, and the notes for people.
void add_happenings(std::string& out, const CallRecord& record) {
  const auto line = [&out](std::string_view name, std::int64_t at_ms, const std::string& text) {
    out += fmt::format("{:<12} {}  {}\n", name, stamp(at_ms), text);
  };
  for (const Trouble& trouble : record.troubles) {
    std::string text = printable(trouble.stage, kMaxFieldBytes) + ": " + printable(trouble.why, kMaxFieldBytes);
    if (!trouble.to.empty())
      text += "; " + printable(trouble.to, kMaxFieldBytes) + " instead of " + printable(trouble.from, kMaxFieldBytes);
    line("trouble", trouble.at_ms, text);
  }
  if (record.troubles_left_out > 0) out += fmt::format("{:<12} ... and {} more\n", "trouble", record.troubles_left_out);
  for (const ToolUse& use : record.tools) {
    const std::string_view outcome = use.refused ? "refused" : use.done ? "done" : "no result";
    line("tool", use.at_ms, fmt::format("{}: {}", printable(use.name, kMaxFieldBytes), outcome));
  }
  if (!record.answered_by.empty()) {
    const double seconds = static_cast<double>(record.answered_by_ms) / 1000;
    out += fmt::format("{:<12} {}, known after {:.1f} s\n", "answered by", printable(record.answered_by, kMaxFieldBytes), seconds);
  }
  for (const std::string& tone : record.tones) out += fmt::format("{:<12} {}\n", "tone", printable(tone, kMaxFieldBytes));
  for (const std::string& note : record.notes) out += fmt::format("{:<12} {}\n", "note", printable(note, kMaxTurnTextBytes));
}

std::string seconds_of(base::Duration time) { return fmt::format("{:.1f} s", std::chrono::duration<double>(time).count()); }

/// Returns "1200 tokens in (1024 cached, 0 of audio), 40 out (0 of audio)".
std::string tokens_of(const ServiceUse& use) {
  return fmt::format("{} tokens in ({} cached, {} of audio), {} out ({} of audio)", use.input_tokens, use.cached_input_tokens, use.audio_input_tokens, use.output_tokens,
                     use.audio_output_tokens);
}

void add_uses(std::string& out, const CallRecord& record) {
  for (const ServiceUse& use : record.uses) {
    std::string text;
    const auto add = [&text](const std::string& more) { text += (text.empty() ? "" : "; ") + more; };
    if (use.input_tokens + use.output_tokens > 0) add(tokens_of(use));
    if (use.characters > 0) add(fmt::format("{} characters spoken", use.characters));
    if (use.audio > base::Duration::zero()) add(seconds_of(use.audio) + " of audio heard");
    if (use.connected > base::Duration::zero()) add(seconds_of(use.connected) + " connected");
    out += fmt::format("{:<12} {}: {}\n", "used", printable(use.service, kMaxFieldBytes), text);
  }
}

std::string named(const CallRecord::Service& service) {
  std::string text = printable(service.name, kMaxFieldBytes);
  if (!service.model.empty()) text += ", model " + printable(service.model, kMaxFieldBytes);
  if (!service.voice.empty()) text += ", voice " + printable(service.voice, kMaxFieldBytes);
  return text;
}

void add_times(std::string& out, const CallRecord& record) {
  const auto line = [&out](std::string_view name, const std::optional<WallTime>& time) {
    if (time) out += fmt::format("{:<12} {}\n", name, to_rfc3339(*time));
  };
  line("invite", record.invited_at);
  line("ringing", record.ringing_at);
  line("answered", record.answered_at);
  line("ended", record.ended_at);
}

std::string in_decibels(std::string_view name, const std::optional<double>& level) {
  return level ? fmt::format("{} {:.0f} dBov, ", name, *level) : std::string();
}

/// Appends the measured audio quality.
void add_quality(std::string& out, const MediaQuality& m) {
  if (m.mos && m.r && m.mos_listening)
    out += fmt::format("{:<12} MOS {:.1f} ({:.1f} without delay), R {:.0f} of {}; {:.0f} ms one way\n", "quality", *m.mos, *m.mos_listening, *m.r,
                       m.wideband ? "129" : "93", m.one_way_ms);
  if (m.bursts > 0)
    out += fmt::format("{:<12} {} of {:.0f} ms, in which {:.0f} % were missing; {:.1f} % between\n", "bursts", m.bursts, m.burst_ms,
                       100 * m.burst_density, 100 * m.gap_density);
  if (m.peak_dbov)
    out += fmt::format("{:<12} {}{}silent {:.0f} %, clipped {:.1f} %{}\n", "sound", in_decibels("speech", m.speech_dbov),
                       in_decibels("noise", m.noise_dbov), m.silent_percent, m.clipped_percent,
                       m.echo_return_loss_db ? fmt::format("; the agent's echo is {:.0f} dB quieter than the agent", *m.echo_return_loss_db) : std::string());
  if (m.peers_view && m.peers_view->mos)
    out += fmt::format("{:<12} MOS {:.1f}, {:.1f} % lost, by its own report\n", "the peer", *m.peers_view->mos, m.peers_view->lost_percent);
  if (!m.one_way.empty()) out += fmt::format("{:<12} {}\n", "one way only", printable(m.one_way, kMaxFieldBytes));
}

void add_media(std::string& out, const CallRecord& record) {
  if (!record.codec.empty())
    out += fmt::format("{:<12} {}, {} Hz\n", "codec", printable(record.codec, kMaxFieldBytes), record.sample_rate_hz);
  if (!record.encryption.empty()) out += fmt::format("{:<12} {}\n", "encryption", printable(record.encryption, kMaxFieldBytes));
  if (!record.path.empty()) out += fmt::format("{:<12} {}\n", "path", printable(record.path, kMaxFieldBytes));
  if (!record.media) return;
  const MediaQuality& m = *record.media;
  out += fmt::format("{:<12} {} packets received, {} lost, {} late; jitter {:.1f} ms; {} ms concealed\n", "audio in",
                     m.packets_received, m.lost, m.late, m.jitter_ms, m.concealed_ms);
  out += fmt::format("{:<12} {} packets sent{}\n", "audio out", m.packets_sent,
                     m.round_trip_ms ? fmt::format("; round trip {:.1f} ms", *m.round_trip_ms) : std::string());
  if (m.refused > 0) out += fmt::format("{:<12} {} packets, because SRTP did not protect them with the peer's key\n", "refused", m.refused);
  add_quality(out, m);
}

}  // namespace

bool is_failed(const StoredCall& call) {
  if (call.state != StoredCall::State::Ended) return call.state == StoredCall::State::Interrupted;
  const Ending& ending = call.record.ending;
  const bool fault =
      ending.cause == "media lost" || ending.cause == "transfer failed" || ending.cause == "a part of the agent failed";
  return !call.record.answered_at || ending.by == Ending::By::Network || fault;
}

bool is_selected(const StoredCall& call, const Selection& selection) {
  if (selection.since && call.record.invited_at < *selection.since) return false;
  return !selection.failed || is_failed(call);
}

bool is_named(const StoredCall& call, std::string_view name) {
  return name == call.record.sip_call_id || may_mean_call(name, call.record.id);
}

std::optional<WallTime> parse_since(std::string_view text, WallTime now) {
  if (text.empty()) return std::nullopt;
  constexpr int kFirstYear = 1970, kLastYear = 2200;  // Within the range of WallTime.
  if (const auto count = base::parse_number<std::uint32_t>(text.substr(0, text.size() - 1)); count && text.size() > 1) {
    std::chrono::seconds span{};
    switch (text.back()) {
      case 'm':
        span = std::chrono::minutes(*count);
        break;
      case 'h':
        span = std::chrono::hours(*count);
        break;
      case 'd':
        span = std::chrono::days(std::int64_t{*count});
        break;
      default:
        return std::nullopt;
    }
    return span < std::chrono::floor<std::chrono::seconds>(now.time_since_epoch()) ? now - span : WallTime{};
  }
  std::tm at{};
  int used = 0;
  const std::string copy(text);
  const auto whole = static_cast<int>(text.size());
  const bool has_time = std::sscanf(copy.c_str(), "%4d-%2d-%2dT%2d:%2d:%2dZ%n", &at.tm_year, &at.tm_mon, &at.tm_mday, &at.tm_hour,
                                    &at.tm_min, &at.tm_sec, &used) == 6 &&
                        used == whole;
  if (!has_time) {
    at = {};
    used = 0;
    if (std::sscanf(copy.c_str(), "%4d-%2d-%2d%n", &at.tm_year, &at.tm_mon, &at.tm_mday, &used) != 3 || used != whole)
      return std::nullopt;
  }
  if (at.tm_year < kFirstYear || at.tm_year > kLastYear) return std::nullopt;
  at.tm_year -= 1900;
  at.tm_mon -= 1;
  at.tm_isdst = -1;
  return std::chrono::system_clock::from_time_t(has_time ? ::timegm(&at) : std::mktime(&at));  // A day without a time is in the local time zone.
}

void Newest::add(StoredCall call) {
  const auto later = [](const StoredCall& a, const StoredCall& b) { return a.record.invited_at > b.record.invited_at; };
  heap_.push_back(std::move(call));
  std::push_heap(heap_.begin(), heap_.end(), later);
  if (heap_.size() <= count_) return;
  std::pop_heap(heap_.begin(), heap_.end(), later);
  heap_.pop_back();
}

std::vector<StoredCall> Newest::take() {
  std::sort(heap_.begin(), heap_.end(), [](const StoredCall& a, const StoredCall& b) {
    return std::tie(a.record.invited_at, a.record.id) < std::tie(b.record.invited_at, b.record.id);
  });
  return std::move(heap_);
}

std::string table_head(std::optional<std::size_t> screen) { return TextTable(kTableOfCalls, screen).head(); }

std::string table_row(const StoredCall& call, std::optional<std::size_t> screen) {
  const CallRecord& record = call.record;
  const std::array<std::string, kTableOfCalls.size()> cells{printable(record.id, kMaxFieldBytes),
                                                            local_time(record.invited_at),
                                                            record.outgoing ? "out" : "in",
                                                            other_party(record),
                                                            record.answered_at ? length(record.duration_ms) : "-",
                                                            record.codec.empty() ? "-" : printable(record.codec, kMaxFieldBytes),
                                                            fmt::format("{}", record.turns.size() + record.turns_left_out),
                                                            by_whom(call),
                                                            quality(record)};
  return TextTable(kTableOfCalls, screen).row(cells);
}

std::string conversation(const StoredCall& call, bool colours) {
  const CallRecord& record = call.record;
  const auto shown = [](const Party& party) {
    return party.display.empty()
               ? printable(party.uri, kMaxFieldBytes)
               : fmt::format("{} <{}>", printable(party.display, kMaxFieldBytes), printable(party.uri, kMaxFieldBytes));
  };
  std::string out = fmt::format("{:<12} {}\n{:<12} {}\n", "call", printable(record.id, kMaxFieldBytes), "SIP Call-ID",
                                printable(record.sip_call_id, kMaxFieldBytes));
  out += fmt::format("{:<12} {}\n{:<12} {}\n{:<12} {}\n", "direction", record.outgoing ? "out" : "in", "from", shown(record.from),
                     "to", shown(record.to));
  for (const OtherParty& other : record.others) out += fmt::format("{:<12} {} after {}\n", "then", shown(other.party), length(other.at_ms));
  out += fmt::format("{:<12} {}\n", "dialled", printable(record.dialled, kMaxFieldBytes));
  if (!record.agent.empty()) out += fmt::format("{:<12} {}\n", "agent", printable(record.agent, kMaxFieldBytes));
  if (!record.service.name.empty()) out += fmt::format("{:<12} {}\n", "service", named(record.service));
  add_times(out, record);
  if (record.answered_at)
    out += fmt::format("{:<12} {} (answered after {:.1f} s)\n", "length", length(record.duration_ms),
                       static_cast<double>(record.setup_ms) / 1000.0);
  add_media(out, record);
  std::string why = by_whom(call);
  if (record.ending.status != 0)
    why += fmt::format(" (SIP {} {})", record.ending.status, printable(record.ending.reason, kMaxFieldBytes));
  if (!record.ending.detail.empty()) why += ", " + printable(record.ending.detail, kMaxFieldBytes);
  out += fmt::format("{:<12} {}\n", "ended by", why);
  if (!record.digits_sent.empty())
    out += fmt::format("{:<12} {}\n", "digits sent", printable(record.digits_sent, kMaxFieldBytes));
  if (!record.transfer_target.empty()) {
    out += fmt::format("{:<12} to {}{}\n", "transfer", printable(record.transfer_target, kMaxFieldBytes),
                       record.transfer_status != 0 ? fmt::format(": {}", record.transfer_status) : "");
  }
  if (!record.recording.empty()) out += fmt::format("{:<12} {}\n", "recording", printable(record.recording, kMaxFieldBytes));
  add_happenings(out, record);
  add_uses(out, record);
  if (!record.turns.empty()) out += "\n";
  for (const Turn& turn : record.turns) add_turn(out, turn, record.outgoing, colours);
  if (record.turns_left_out > 0) out += fmt::format("          ... and {} turns more\n", record.turns_left_out);
  return out;
}

std::string json(const StoredCall& call) {
  if (call.state == StoredCall::State::Ended) return call.line;
  constexpr std::string_view kStarted = "\"type\":\"started\"";
  std::string line = call.line.substr(0, call.line.rfind(",\"crc\":")) + "}";  // The checksum does not match the changed line.
  if (const auto at = line.find(kStarted); at != std::string::npos) {
    line.replace(at, kStarted.size(),
                 call.state == StoredCall::State::InProgress ? "\"type\":\"in_progress\"" : "\"type\":\"interrupted\"");
  }
  return line;
}

}  // namespace offhook::inline v0::agent::records
