#include <offhook/agent/providers/deepgram/agent_session.hpp>

#include <offhook/agent/support/utf8.hpp>

#include <type_traits>
#include <utility>
#include <vector>

namespace offhook::inline v0::agent::deepgram {

using base::TimePoint;

namespace {

constexpr std::string_view kPath = "/v1/agent/converse";
constexpr int kNormalClosure = 1000;  // RFC 6455 section 7.4.1

AgentBriefing briefing_of(const SessionContext& context) {
  std::string rules = "\n\nYou speak with a caller on the telephone. Nobody said the text in square brackets: it tells you "
                      "what happened. Never read it aloud.";
  rules += context.language.empty() ? std::string(" Answer in the caller's own language.") : " Answer in the language " + context.language + ".";
  AgentBriefing briefing;
  briefing.prompt = std::string(cut_utf8(context.prompt, kMaxPrompt - rules.size())) + rules;  // Cut the operator's text, not the rules.
  briefing.language = context.language;
  briefing.history = context.history;
  briefing.tools = context.tools;
  return briefing;
}

/// Returns the turn of an event that belongs to a reply; 0 for any other event.
std::uint32_t reply_turn_of(const SessionEvent& event) {
  return std::visit(
      [](const auto& each) -> std::uint32_t {
        using Event = std::decay_t<decltype(each)>;
        constexpr bool is_of_reply = std::is_same_v<Event, ReplyText> || std::is_same_v<Event, ReplyDone> ||
                                     std::is_same_v<Event, ThinkFailed> || std::is_same_v<Event, ToolCall>;
        if constexpr (is_of_reply) return each.turn;
        else return 0;
      },
      event);
}

bool is_speech(const SessionEvent& event) {
  return std::holds_alternative<SpeechAudio>(event) || std::holds_alternative<SpeechDone>(event) ||
         std::holds_alternative<SpeakFailed>(event);
}

}  // namespace

AgentSession::AgentSession(net::WebSocketClient& sockets, AgentSettings settings, std::unique_ptr<Speaker> own_words, Wake wake, ReportUse report_use)
    : sockets_(sockets), settings_(std::move(settings)), wake_(std::move(wake)), report_use_(std::move(report_use)), line_(settings_.format, std::move(own_words)) {}

AgentSession::~AgentSession() {
  if (socket_) socket_->close(kNormalClosure, {});
  ServiceUse use;
  if (core_) use.connected = core_->counters(now_).connected;
  if (!use.is_nothing() && report_use_) report_use_(std::move(use));
}

void AgentSession::open(const SessionContext& context, TimePoint now) {
  now_ = now;
  if (Speaker* const own = line_.own_words()) own->open(context);
  core_ = std::make_unique<AgentProtocol>(settings_, briefing_of(context));
  core_->start(now);
  pump();
}

void AgentSession::tick(TimePoint now) {
  now_ = now;
  if (Speaker* const own = line_.own_words()) own->tick(now);
  if (const auto due = core_->next_deadline(); due && now >= *due) core_->handle_timeout(now);
  pump();
}

// --- the socket --------------------------------------------------------------------------------------------------------------

void AgentSession::connect() {
  net::WebSocketHandler handler;
  handler.on_open = [] {};  // The server sends the first message.
  handler.on_text = [this](std::string_view text) {
    core_->on_text(text, now_);
    told();
  };
  handler.on_binary = [this](std::string_view bytes) {
    core_->on_audio(bytes, now_);
    told();
  };
  handler.on_closed = [this](const net::WebSocketClosed& closed) {
    core_->on_closed(failure_of("the voice agent", closed), now_);
    told();
  };
  socket_ = sockets_.open(socket_to(settings_.server, kPath, {}), std::move(handler));
}

/// A socket's handler invokes this. pump() may replace that socket, which then invokes no more handlers.
void AgentSession::told() {
  pump();
  if (wake_ && !out_.empty()) wake_();
}

void AgentSession::pump() {
  while (const auto out = core_->poll_out()) {
    switch (out->what) {
      case SocketOut::What::Connect: connect(); break;
      case SocketOut::What::Drop: socket_.reset(); break;
      case SocketOut::What::Text: socket_->send_text(out->bytes); break;
      case SocketOut::What::Binary: socket_->send_binary(out->bytes); break;
    }
  }
  while (auto event = core_->poll_event()) take(std::move(*event));
  for (Retry& retry : core_->take_retries()) out_.push_back(ServiceRetried{Stage::Think, {}, std::move(retry)});
  line_.report_retries(out_);
  line_.drain(out_);
}

ServiceInUse AgentSession::service() const { return {{}, {settings_.listen_model + "+" + settings_.think_model, settings_.voice}}; }

void AgentSession::take(AgentCoreEvent event) {
  struct Taker {
    AgentSession& self;
    void words(std::uint32_t turn, std::string text) const { self.out_.push_back(Transcript{turn, true, std::move(text), 1, false}); }
    void operator()(TurnIsTaken& e) const {
      self.out_.push_back(TurnTaken{e.turn});
      words(e.turn, std::move(e.text));
    }
    void operator()(EarlierText& e) const { words(e.turn, std::move(e.text)); }
    void operator()(MoreText& e) const { words(e.turn, std::move(e.text)); }
    void operator()(NothingHeard& e) const { self.out_.push_back(Transcript{e.turn, true, {}, 0, true}); }
    void operator()(TurnFailed& e) const { self.out_.push_back(ListenFailed{e.turn, std::move(e.why), e.kind}); }
    void operator()(ItemBegan& e) const {
      self.voiced_turn_ = e.turn;
      self.line_.on_began(e);
      self.out_.push_back(ReplyText{e.turn, {}, true});
    }
    void operator()(ItemAudio& e) const { self.line_.on_audio(e); }
    void operator()(ItemText& e) const { self.line_.on_text(e); }
    void operator()(ItemEnded& e) const { self.line_.on_ended(e); }
    void operator()(CallAsked& e) const {
      self.out_.push_back(ToolCall{e.turn, std::move(e.call_id), std::move(e.name), std::move(e.arguments)});
    }
    void operator()(ReplyEnded& e) const { self.out_.push_back(ReplyDone{e.turn}); }
    void operator()(ReplyBroken& e) const { self.out_.push_back(ThinkFailed{e.turn, std::move(e.why), e.kind}); }
  };
  std::visit(Taker{*this}, event);
}

std::optional<SessionEvent> AgentSession::poll() {
  pump();
  if (out_.empty()) return std::nullopt;
  SessionEvent event = std::move(out_.front());
  out_.pop_front();
  return event;
}

// --- the caller's turn -------------------------------------------------------------------------------------------------------

void AgentSession::begin_turn(std::uint32_t turn, std::string_view) {
  core_->begin_turn(turn, now_);
  pump();
}

void AgentSession::feed(std::span<const std::int16_t> pcm) {
  std::vector<std::uint8_t> octets;
  octets.reserve(pcm.size() * octets_per_sample(settings_.format));
  encode_audio(settings_.format, pcm, octets);
  core_->append(octets, now_);
  pump();
}

void AgentSession::end_turn() {
  core_->end_turn(now_);
  pump();
}

void AgentSession::abandon_turn() {
  core_->abandon_turn(now_);
  pump();
}

// --- the reply ---------------------------------------------------------------------------------------------------------------

void AgentSession::respond(const TurnInput& input) {
  core_->respond(input, now_);
  pump();
}

void AgentSession::on_tool(const ToolOutcome& outcome) {
  core_->on_tool(outcome, now_);
  pump();
}

/// Cancels the reply, and removes its events from the queue: no event may follow a cancelled reply.
void AgentSession::cancel(std::uint32_t turn) {
  std::vector<std::string> unasked;
  std::erase_if(out_, [&](const SessionEvent& event) {
    if (reply_turn_of(event) != turn || turn == 0) return false;
    if (const auto* call = std::get_if<ToolCall>(&event)) unasked.push_back(call->call_id);
    return true;
  });
  core_->cancel(turn, now_);
  (void)line_.take_unspoken(turn);  // The text stays in the model's history. on_heard() reports to the model which part the caller heard.
  for (const std::string& call_id : unasked) core_->on_tool({turn, call_id, std::string(kNothingDone), {}, false}, now_);
  pump();
}

void AgentSession::on_heard(const HeardReply& heard) {
  (void)line_.on_heard(heard);
  core_->on_heard(heard, voiced_turn_ == heard.turn, now_);
  pump();
}

// --- the voice ---------------------------------------------------------------------------------------------------------------

void AgentSession::speak(std::uint32_t utterance, std::string_view text) {
  line_.speak(utterance, text);
  line_.drain(out_);
}

void AgentSession::cancel_speech() {
  line_.cancel();
  std::erase_if(out_, is_speech);
}

bool AgentSession::try_again(Stage stage, std::string_view why) {
  if (stage == Stage::Speak && !line_.waits_for_model()) return false;
  const bool trying = core_->try_again(stage, line_.said(core_->reply_turn()), now_);
  if (trying) out_.push_back(ServiceRetried{stage, {}, {std::string(why), kAsksAgain}});
  pump();
  return trying;
}

}  // namespace offhook::inline v0::agent::deepgram
