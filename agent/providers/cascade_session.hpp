#pragma once

#include <offhook/agent/conversation/voice_session.hpp>
#include <offhook/agent/providers/circuit_breaker.hpp>
#include <offhook/agent/providers/half_spoken.hpp>
#include <offhook/agent/providers/heard_turn.hpp>

#include <array>
#include <deque>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace offhook::inline v0::agent {

/// Makes one provider's part of a cascade. `name` is the name of the part's circuit breaker, and appears in the call record:
/// "NAME/chat".
template <class Part>
struct PartMaker {
  std::string name;
  std::function<std::unique_ptr<Part>(Wake wake)> make;
  /// True for a listener whose service ends turns. Its final Transcript may come before end(). If begin() comes before the
  /// Transcript, it continues the turn under a new number.
  bool ends_turns = false;
};

/// The providers of each stage in order of preference. When one fails, the next takes over.
struct CascadeParts {
  std::vector<PartMaker<Listener>> listeners;
  std::vector<PartMaker<Thinker>> thinkers;
  std::vector<PartMaker<Speaker>> speakers;
};

/// A voice session of three parts: listener, thinker and speaker. If a part fails, the next provider of its list takes over. It gets the
/// state of the failed part: a listener the audio of the turn, a thinker the input and the reply so far, a speaker the rest of the text.
class CascadeSession final : public VoiceSession {
 public:
  CascadeSession(CascadeParts parts, std::shared_ptr<Breakers> breakers, Wake wake);

  void open(const SessionContext& context, base::TimePoint now) override;
  void tick(base::TimePoint now) override;
  [[nodiscard]] std::uint32_t listen_rate_hz() const override { return listen_.part->rate_hz(); }
  void begin_turn(std::uint32_t turn, std::string_view expect) override;
  void feed(std::span<const std::int16_t> pcm) override;
  void end_turn() override;
  void abandon_turn() override;
  void respond(const TurnInput& input) override;
  void on_tool(const ToolOutcome& outcome) override { think_.part->on_tool(outcome); }
  void cancel(std::uint32_t turn) override;
  void on_heard(const HeardReply& heard) override { think_.part->on_heard(heard.turn, heard.text, heard.interrupted); }
  void speak(std::uint32_t utterance, std::string_view text) override;
  void prepare_speech(std::string_view text) override { speak_.part->prepare(text); }
  void cancel_speech() override;
  [[nodiscard]] bool try_again(Stage stage, std::string_view why) override;
  [[nodiscard]] std::optional<SessionEvent> poll() override;
  [[nodiscard]] ServiceInUse service() const override;

 private:
  template <class Part>
  struct Post {
    std::vector<PartMaker<Part>> makers;
    std::size_t at = 0;
    std::unique_ptr<Part> part{};
    FailureKind failure = FailureKind::Timeout;  // kind of the last failure; Timeout if the part reported none
    bool told = false;                           // true: the circuit breaker knows of this failure
    bool retried = false;                        // true: this turn has already used the same provider again
    [[nodiscard]] const std::string& name() const { return makers[at].name; }
    [[nodiscard]] bool ends_turns() const { return makers[at].ends_turns; }
  };

  template <class Part>
  void take_post(Post<Part>& post);
  /// Returns the index of the first provider from `index` on whose circuit breaker allows a request; makers.size() if there is
  /// none.
  template <class Part>
  [[nodiscard]] std::size_t next_to_ask(const Post<Part>& post, std::size_t index);
  /// Reports, for the record of the call, each provider from `index` up to the present one that was skipped.
  template <class Part>
  void report_passed_over(const Post<Part>& post, Stage stage, std::size_t index);
  template <class Part>
  void report_retries(Post<Part>& post, Stage stage);
  template <class Part>
  [[nodiscard]] bool replace(Post<Part>& post, Stage stage, std::string_view why);
  template <class Part>
  void failed(Post<Part>& post, FailureKind kind);
  template <class Part>
  void succeeded(Post<Part>& post);
  template <class Part>
  [[nodiscard]] bool has_another(const Post<Part>& post) const;
  void listen_again();
  void think_again();
  void speak_again();
  [[nodiscard]] std::optional<SessionEvent> note(const ListenEvent& event);
  [[nodiscard]] bool is_deaf(const Transcript& transcript);
  [[nodiscard]] SessionEvent take_early(const Transcript& transcript);
  [[nodiscard]] std::optional<SessionEvent> note(const ThinkEvent& event);
  [[nodiscard]] std::optional<SessionEvent> note(SpeakEvent event);

  std::shared_ptr<Breakers> breakers_;
  Wake wake_;
  SessionContext context_;
  base::TimePoint now_{};
  Post<Listener> listen_;
  Post<Thinker> think_;
  Post<Speaker> speak_;
  HeardTurn heard_;
  std::uint32_t listen_turn_ = 0;
  std::string expect_;
  bool listening_ = false, ended_ = false;
  bool went_on_ = false;     // true: several turns of the conversation are one turn of the listener
  unsigned unheard_ = 0;     // consecutive turns with speech for which the present listener returned no text
  std::set<std::string> doubted_;  // listeners that were replaced because they returned no text, until another listener understands the caller
  TurnInput input_;
  bool thinking_ = false;
  std::deque<HalfSpoken> open_;  // utterances that were requested and are not yet complete
  std::deque<SessionEvent> own_;
};

}  // namespace offhook::inline v0::agent
