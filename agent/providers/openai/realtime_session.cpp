#include <offhook/agent/providers/openai/realtime_session.hpp>

#include <algorithm>
#include <utility>

namespace offhook::inline v0::agent::openai::realtime {

using base::TimePoint;

namespace {

constexpr int kNormalClosure = 1000;  // RFC 6455 section 7.4.1

RealtimeBriefing briefing_of(const SessionContext& context) {
  RealtimeBriefing briefing;
  briefing.instructions = context.prompt;
  briefing.instructions += "\n\nText in square brackets tells you what happened in the call: nobody said it, and you never read it out.";
  briefing.instructions += context.language.empty() ? std::string("\nReply in the language that the caller speaks.")
                                                    : "\nSpeak the language with the tag " + context.language + ".";
  briefing.opening_instructions = briefing.instructions +
                                  "\n\nThe call has just been answered, and nobody has said anything yet. Greet the caller now, in one or two short sentences.";
  briefing.language = context.language;
  briefing.history = context.history;
  briefing.tools = context.tools;
  return briefing;
}

}  // namespace

RealtimeSession::RealtimeSession(net::WebSocketClient& client, RealtimeOptions options, std::unique_ptr<Speaker> own_words, Wake wake, ReportUse report_use,
                                 ReportFailure report_failure)
    : client_(client), options_(std::move(options)), wake_(std::move(wake)), report_use_(std::move(report_use)), report_failure_(std::move(report_failure)), line_(options_.format, std::move(own_words)) {}

RealtimeSession::~RealtimeSession() {
  for (Socket& each : sockets_) each.socket->close(kNormalClosure, {});
}

void RealtimeSession::open(const SessionContext& context, TimePoint now) {
  now_ = now;
  if (Speaker* const own = line_.own_words()) own->open(context);
  core_ = std::make_unique<RealtimeProtocol>(options_, briefing_of(context));
  core_->start(now);
  pump();
}

void RealtimeSession::tick(TimePoint now) {
  now_ = now;
  closed_.clear();
  if (Speaker* const own = line_.own_words()) own->tick(now);
  if (const auto due = core_->next_deadline(); due && now >= *due) core_->handle_timeout(now);
  pump();
}

// --- sockets -----------------------------------------------------------------------------------------------------------------

void RealtimeSession::open_socket(std::uint32_t number) {
  net::WebSocketHandler handler;
  const auto then = [this] {
    pump();
    if (wake_ && !out_.empty()) wake_();
  };
  handler.on_open = [this, number, then] {
    core_->on_socket_open(number, now_);
    then();
  };
  handler.on_text = [this, number, then](std::string_view text) {
    core_->on_frame(number, text, now_);
    then();
  };
  handler.on_binary = [this, number, then](std::string_view bytes) {  // No server of this protocol sends binary frames: the core counts them as garbage.
    core_->on_frame(number, bytes, now_);
    then();
  };
  handler.on_closed = [this, number, then](const net::WebSocketClosed& closed) {
    core_->on_socket_closed(number, closed, now_);
    const auto gone = std::find_if(sockets_.begin(), sockets_.end(), [number](const Socket& each) { return each.number == number; });
    if (gone != sockets_.end()) {
      closed_.push_back(std::move(gone->socket));
      sockets_.erase(gone);
    }
    then();
  };
  sockets_.push_back({number, client_.open(socket_request(options_), std::move(handler))});
}

net::WebSocket* RealtimeSession::find_socket(std::uint32_t number) {
  const auto found = std::find_if(sockets_.begin(), sockets_.end(), [number](const Socket& each) { return each.number == number; });
  return found == sockets_.end() ? nullptr : found->socket.get();
}

void RealtimeSession::close_socket(std::uint32_t number) {
  const auto found = std::find_if(sockets_.begin(), sockets_.end(), [number](const Socket& each) { return each.number == number; });
  if (found == sockets_.end()) return;
  found->socket->close(kNormalClosure, {});
  closed_.push_back(std::move(found->socket));
  sockets_.erase(found);
}

void RealtimeSession::pump() {
  while (const auto transmit = core_->poll_transmit()) {
    switch (transmit->what) {
      case Transmit::What::Open: open_socket(transmit->socket); break;
      case Transmit::What::Close: close_socket(transmit->socket); break;
      case Transmit::What::Text:
        if (net::WebSocket* const socket = find_socket(transmit->socket)) socket->send_text(transmit->text);
        break;
    }
  }
  while (auto event = core_->poll_event()) take(std::move(*event));
  report_usage();
  report_transcribed();
  report_not_transcribed();
  report_retries();
  line_.drain(out_);
}

void RealtimeSession::report_retries() {
  for (Retry& retry : core_->take_retries()) out_.push_back(ServiceRetried{Stage::Think, {}, std::move(retry)});
  line_.report_retries(out_);
}

void RealtimeSession::report_usage() {
  const Usage all = core_->counters().usage;
  TokensUsed more;
  more.input = all.input_tokens - told_.input_tokens;
  more.cached_input = all.cached_tokens - told_.cached_tokens;
  more.audio_input = all.input_audio_tokens - told_.input_audio_tokens;
  more.output = all.output_tokens - told_.output_tokens;
  more.audio_output = all.output_audio_tokens - told_.output_audio_tokens;
  if (more.input == 0 && more.output == 0) return;
  told_ = all;
  out_.push_back(std::move(more));
}

/// Reports the use of the transcribing model separately: it is not the model that speaks, and has its own price.
void RealtimeSession::report_transcribed() {
  ServiceUse use = core_->take_transcribed();
  if (use.is_nothing() || !report_use_) return;
  use.service = "transcription";
  report_use_(std::move(use));
}

/// Reports that a turn was not transcribed. The call continues without the words. The report tells the operator why the record lacks
/// them, and why a spoken yes confirms nothing.
void RealtimeSession::report_not_transcribed() {
  auto fault = core_->take_not_transcribed();
  if (fault && report_failure_) std::exchange(report_failure_, {})({Stage::Listen, "transcription", {}, std::move(fault->why), fault->kind});
}

// --- events of the core ------------------------------------------------------------------------------------------------------

void RealtimeSession::take(RealtimeEvent event) {
  struct Taker {
    RealtimeSession& self;
    void operator()(TurnIsTaken& e) const { self.out_.push_back(TurnTaken{e.turn}); }
    void operator()(NothingHeard& e) const { self.out_.push_back(Transcript{e.turn, true, {}, 0, true}); }
    void operator()(CallerText& e) const {
      const bool understood = !e.text.empty();
      self.out_.push_back(Transcript{e.turn, true, std::move(e.text), understood ? 1.0 : 0.0, !understood});
    }
    void operator()(ItemBegan& e) const {
      self.line_.on_began(e);
      self.out_.push_back(ReplyText{e.turn, {}, true});
    }
    void operator()(ItemAudio& e) const { self.line_.on_audio(e); }
    void operator()(ItemText& e) const { self.line_.on_text(e); }
    void operator()(ItemEnded& e) const { self.line_.on_ended(e); }
    void operator()(ReplyWritten& e) const { self.out_.push_back(ReplyText{e.turn, std::move(e.text), false}); }
    void operator()(CallAsked& e) const {
      self.out_.push_back(ToolCall{e.turn, std::move(e.call_id), std::move(e.name), std::move(e.arguments)});
    }
    void operator()(ReplyEnded& e) const { self.out_.push_back(ReplyDone{e.turn}); }
    void operator()(ReplyBroken& e) const { self.out_.push_back(ThinkFailed{e.turn, std::move(e.fault.why), e.fault.kind}); }
  };
  std::visit(Taker{*this}, event);
}

std::optional<SessionEvent> RealtimeSession::poll() {
  if (out_.empty()) line_.drain(out_);
  if (out_.empty()) return std::nullopt;
  SessionEvent event = std::move(out_.front());
  out_.pop_front();
  return event;
}

const RealtimeCounters& RealtimeSession::counters() const { return core_->counters(); }

// --- the caller --------------------------------------------------------------------------------------------------------------

void RealtimeSession::begin_turn(std::uint32_t turn, std::string_view) {
  if (!hears_always()) unsent_.clear();
  core_->begin_turn(turn, now_);
  pump();
}

void RealtimeSession::feed(std::span<const std::int16_t> pcm) {
  encode_audio(options_.format, pcm, unsent_);
  send_frames(false);
}

void RealtimeSession::send_frames(bool all) {
  const std::size_t frame = kFrameMs * octets_per_ms(options_.format);
  std::size_t at = 0;
  for (; at + frame <= unsent_.size(); at += frame) core_->append(std::span(unsent_).subspan(at, frame));
  if (all && at < unsent_.size()) {
    core_->append(std::span(unsent_).subspan(at));
    at = unsent_.size();
  }
  unsent_.erase(unsent_.begin(), unsent_.begin() + static_cast<std::ptrdiff_t>(at));
  pump();
}

void RealtimeSession::end_turn() {
  send_frames(true);
  core_->end_turn(now_);
  pump();
}

void RealtimeSession::abandon_turn() {
  if (!hears_always()) unsent_.clear();
  core_->abandon_turn(now_);
  pump();
}

// --- the reply ---------------------------------------------------------------------------------------------------------------

void RealtimeSession::respond(const TurnInput& input) {
  core_->respond(input, now_);
  pump();
}

void RealtimeSession::on_tool(const ToolOutcome& outcome) {
  core_->on_tool(outcome, now_);
  pump();
}

void RealtimeSession::cancel(std::uint32_t turn) {
  core_->cancel(turn, now_);
  for (const std::uint32_t item : line_.take_unspoken(turn)) core_->cut(item, 0, now_);
  forget_events(turn);
  pump();
}

void RealtimeSession::forget_events(std::uint32_t turn) {
  std::vector<std::string> unasked;
  std::erase_if(out_, [&](const SessionEvent& event) {
    if (const auto* call = std::get_if<ToolCall>(&event); call != nullptr && call->turn == turn) {
      unasked.push_back(call->call_id);
      return true;
    }
    if (const auto* text = std::get_if<ReplyText>(&event)) return text->turn == turn;
    if (const auto* done = std::get_if<ReplyDone>(&event)) return done->turn == turn;
    const auto* failed = std::get_if<ThinkFailed>(&event);
    return failed != nullptr && failed->turn == turn;
  });
  for (const std::string& call_id : unasked) core_->on_tool({turn, call_id, R"({"error":"the caller interrupted: nothing was done"})", {}, false}, now_);
}

void RealtimeSession::on_heard(const HeardReply& heard) {
  for (const auto& cut : line_.on_heard(heard)) core_->cut(cut.item, cut.heard_ms, now_);
  core_->on_own_words(heard.turn, heard.text, now_);
  core_->settle(heard.turn, now_);
  pump();
}

// --- the voice ---------------------------------------------------------------------------------------------------------------

void RealtimeSession::speak(std::uint32_t utterance, std::string_view text) {
  line_.speak(utterance, text);
  line_.drain(out_);
}

void RealtimeSession::cancel_speech() {
  line_.cancel();
  std::erase_if(out_, [](const SessionEvent& event) {
    return std::holds_alternative<SpeechAudio>(event) || std::holds_alternative<SpeechDone>(event) || std::holds_alternative<SpeakFailed>(event);
  });
}

bool RealtimeSession::try_again(Stage stage, std::string_view why) {
  bool trying = false;
  const std::string said = line_.said(core_->reply_turn());
  switch (stage) {
    case Stage::Listen: trying = core_->force_turn(now_); break;
    case Stage::Think: trying = core_->try_again(said, now_); break;
    case Stage::Speak: trying = line_.waits_for_model() && core_->try_again(said, now_); break;
  }
  if (trying) out_.push_back(ServiceRetried{stage, {}, {std::string(why), kAsksAgain}});
  pump();
  return trying;
}

}  // namespace offhook::inline v0::agent::openai::realtime
