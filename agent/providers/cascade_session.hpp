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

/// One provider's part of a cascade. `name` is its breaker's, and stands in the record: "openai/chat".
template <class Part>
struct PartMaker {
  std::string name;
  std::function<std::unique_ptr<Part>(Wake wake)> make;
  /// Of a listener whose service ends turns: its final Transcript may come before end(), and a begin() that comes before the Transcript goes on
  /// with the turn by another number.
  bool ends_turns = false;
};

/// Who does each stage, in order of preference; the next takes over when one fails.
struct CascadeParts {
  std::vector<PartMaker<Listener>> listeners;
  std::vector<PartMaker<Thinker>> thinkers;
  std::vector<PartMaker<Speaker>> speakers;
};

/// A voice session of three parts: who listens, who thinks, who speaks. A stage that fails is done again by the next provider of
/// its list, from what is known: the turn's sound, the input and what was said of the reply, the rest of the sentence.
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
    FailureKind failure = FailureKind::Timeout;  // of the last event; a silence is a timeout
    bool told = false;                           // the breaker knows of this failure
    bool retried = false;                        // the same provider was asked again in this turn
    [[nodiscard]] const std::string& name() const { return makers[at].name; }
    [[nodiscard]] bool ends_turns() const { return makers[at].ends_turns; }
  };

  template <class Part>
  void take_post(Post<Part>& post);
  /// The first from `index` on that is asked now; as many as there are when none is.
  template <class Part>
  [[nodiscard]] std::size_t next_to_ask(const Post<Part>& post, std::size_t index);
  /// Tells the record of those from `index` on that were not asked before the part that there is now.
  template <class Part>
  void tell_passed_over(const Post<Part>& post, Stage stage, std::size_t index);
  template <class Part>
  void tell_retries(Post<Part>& post, Stage stage);
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
  bool went_on_ = false;     // the listener has one turn where the conversation has several
  unsigned unheard_ = 0;     // turns in a row, with speech in them of which the present listener understood nothing
  std::set<std::string> doubted_;  // those that were left for it, until another understands the caller
  TurnInput input_;
  bool thinking_ = false;
  std::deque<HalfSpoken> open_;  // asked for and not yet done
  std::deque<SessionEvent> own_;
};

}  // namespace offhook::inline v0::agent
