#include <offhook/agent/providers/deepgram/nova_protocol.hpp>

#include <offhook/agent/providers/deepgram/listen_stream.hpp>
#include <offhook/agent/providers/transcription/live_transcription.hpp>
#include <offhook/base/text.hpp>

#include <algorithm>
#include <variant>

namespace offhook::inline v0::agent::deepgram {

namespace {

constexpr std::string_view kFinalize = R"({"type":"Finalize"})", kKeepAliveFrame = R"({"type":"KeepAlive"})";

/// Returns true if the answer to a Finalize belongs to an abandoned turn: the window of the answer ends at `end`, before the middle of
/// the present turn's audio. The position must decide, because some answers never come.
bool is_old_finalize(const TurnUplink& uplink, std::size_t end) { return end <= uplink.turn_begin() + (uplink.sent() - uplink.turn_begin()) / 2; }

/// Returns those words of a window that belong to the present turn. If the server does not answer a Finalize, its window continues into the next turn,
/// and contains words of the earlier turn that were already returned.
std::string new_words(const TurnUplink& uplink, const Results& results) {
  const std::size_t from = uplink.answered_to();
  const auto is_told = [&](double seconds) { return uplink.place_of(seconds) < from; };
  std::string all(base::trim(results.transcript));
  if (uplink.place_of(results.start) + uplink.octets_of(kSlackMs) >= from) return all;
  if (results.words.empty()) return is_told(results.start + results.duration / 2) ? std::string() : all;
  std::string words;
  bool is_whole = true;
  for (const Results::Word& word : results.words) {
    if (is_told(word.middle)) is_whole = false;
    else append_words(words, word.text);
  }
  return is_whole ? all : words;
}

}  // namespace

TranscriptionTraits NovaProtocol::traits() const {
  TranscriptionTraits traits{whom_, sound_};
  traits.uplink = {.frame_ms = kFrameMs, .max_resend_ms = kMaxResendMs, .free_ms = kFrameMs};
  traits.keep_alive = kKeepAlive;
  return traits;
}

// --- messages to the server --------------------------------------------------------------------------------------------------

void NovaProtocol::on_connecting(LiveTranscription& live) { live.send_silence(kPrimeMs); }

void NovaProtocol::send_audio(LiveTranscription& live, std::string octets) { live.send_binary(std::move(octets)); }

void NovaProtocol::send_end(LiveTranscription& live) { live.send_text(std::string(kFinalize)); }

void NovaProtocol::leave_turn(LiveTranscription& live) {
  if (live.has_sent() && !live.is_all_sent()) send_end(live);
}

void NovaProtocol::keep_alive(LiveTranscription& live) { live.send_text(std::string(kKeepAliveFrame)); }

void NovaProtocol::close(LiveTranscription& live) { live.send_text(std::string(kCloseStream)); }

/// Returns the longest wait for the answer to Finalize. The wait is short if nearly all audio has an answer, because the answer to
/// Finalize may then never come: Deepgram's documentation, "Finalize".
std::optional<base::Duration> NovaProtocol::answer_wait(const LiveTranscription& live) const {
  const TurnUplink& uplink = live.uplink();
  const bool nearly_all = live.has_answer() && live.text().interim().empty() && uplink.without_answer() <= uplink.octets_of(kNearlyAllMs);
  return nearly_all ? kShortAnswerWait : kAnswerWait;
}

// --- messages of the server --------------------------------------------------------------------------------------------------

void NovaProtocol::on_text(LiveTranscription& live, std::string_view frame) {
  const auto message = reader_.parse(frame);
  if (!message) return live.count(&LiveTranscription::Counters::garbage);
  if (const auto* results = std::get_if<Results>(&*message)) on_results(live, *results);
}

void NovaProtocol::on_results(LiveTranscription& live, const Results& results) {
  const TurnUplink& uplink = live.uplink();
  const std::size_t end = uplink.place_of(results.start + results.duration);
  if (results.from_finalize && (live.is_idle() || is_old_finalize(uplink, end))) return;
  const bool answers = results.from_finalize && live.is_all_sent();
  if (live.is_idle() || (end <= uplink.turn_begin() + uplink.octets_of(kSlackMs) && !answers)) return live.count(&LiveTranscription::Counters::late);
  take(live, results, end);
  const bool all = results.is_final && end + uplink.octets_of(kSlackMs) >= uplink.sent();
  if (live.is_all_sent() && (answers || all)) return live.finish();
  live.report_so_far();
}

void NovaProtocol::take(LiveTranscription& live, const Results& results, std::size_t end) {
  const std::string words = new_words(live.uplink(), results);
  if (results.is_final || !words.empty()) live.note_answer();
  if (!words.empty()) live.text().note_language(results.language);
  if (!results.is_final) {
    live.text().set_interim(words);
    interim_to_ = std::min(end, live.uplink().sent());
    return;
  }
  live.add_words(words, results.confidence);
  live.uplink().answer_to(end);
}

/// Returns true if nearly the whole turn has results: the rest is probably silence, or the last syllable of the interim text.
bool NovaProtocol::has_heard_it(const LiveTranscription& live) const {
  const TurnUplink& uplink = live.uplink();
  if (!live.has_answer()) return false;
  if (uplink.without_answer() <= uplink.octets_of(kNearlyAllMs)) return true;
  return !live.text().interim().empty() && uplink.sent() - std::min(uplink.sent(), interim_to_) <= uplink.octets_of(kMaxGuessMs);
}

bool NovaProtocol::is_consistent(const LiveTranscription& live) const { return live.text().interim().size() <= LiveReader::kMaxTranscript; }

}  // namespace offhook::inline v0::agent::deepgram
