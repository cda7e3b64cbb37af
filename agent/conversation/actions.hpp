#pragma once

#include <offhook/agent/conversation/parts.hpp>
#include <offhook/agent/conversation/tool.hpp>
#include <offhook/agent/conversation/voice_session.hpp>
#include <offhook/media/answer_watch.hpp>
#include <offhook/media/line_tone.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <variant>
#include <vector>

/// What a conversation wants done; carried out in order by its bridge.
namespace offhook::inline v0::agent {

struct AnswerCall {};                                        ///< the greeting is ready: pick up
struct BeginListening { std::uint32_t turn = 0; std::string expect; };
struct EndListening {};
struct AbandonListening {};
struct Respond { TurnInput input; };
struct CancelThinking { std::uint32_t turn = 0; std::string why; };
struct ReportHeard { std::uint32_t turn = 0; std::string text; bool interrupted = false; };
struct Speak { std::uint32_t utterance = 0; std::string text; };
struct PrepareSpeech { std::string text; };                    ///< it is asked for as soon as nobody speaks
struct CancelSpeaking {};
struct FlushPlayout { std::uint32_t utterance = 0; };        ///< everything up to it is taken back
struct RisePlayout {};                                       ///< the interruption was none
struct TryAgain { Stage stage{}; std::string why; };           ///< answered by on_no_other_way() when there is none
/// For the record: nobody can do this stage of the turn any more, and the caller hears so.
struct GaveUp { Stage stage{}; };
/// For the record: the provider's content filter refused the caller's turn.
struct TurnRefused { std::uint32_t turn = 0; std::string why; };
struct RunTool { ToolCall call; };
struct TellTool { ToolOutcome outcome; };                    ///< to whoever called it
// A tool's question to the caller, and what they answer: to the tool box.
struct QuestionBegan {};
struct QuestionHeard {};
struct QuestionSpoilt {};
struct DropQuestions { std::uint32_t turn = 0; };             ///< of it and of those before
struct AnswerDigit { char digit = 0; };
struct AnswerWords { Transcript transcript; base::TimePoint began{}; };
struct HoldCall { bool on = true; };
struct StopRecording {};                                     ///< where there is one: the caller was not told of it to the end
struct SendDigits { std::string digits; };
struct TransferCall { std::string target; };
struct HangUpCall { std::string why; };
/// The agent leaves a note about the call for people to read: for the record alone.
struct NoteLeft { std::uint32_t turn = 0; std::string text; };

// For the record and for whoever watches the call.
/// The conversation begins, and this service holds it.
struct ServiceChosen { ServiceInUse service; };
struct CallerSaid { std::uint32_t turn = 0; std::string text; double confidence = 0; bool rejected = false; bool digits = false; };
struct AgentSaid { std::uint32_t turn = 0; std::string text; bool interrupted = false; };
struct Understood { std::uint32_t turn = 0; std::string intent; double score = 0; };
/// The reply's first frame leaves. `response`: since the caller's last voiced frame, or key; nothing when they had said nothing.
struct ReplyBegan { std::uint32_t turn = 0; std::optional<std::chrono::milliseconds> response; };
/// What the network or a machine said by a tone.
struct ToneHeard { media::LineTone tone{}; };
/// Who took our call, as far as that was listened for; a second one takes the first back.
struct AnsweredBy { media::AnswerVerdict verdict; };

using ConversationAction = std::variant<AnswerCall, BeginListening, EndListening, AbandonListening, Respond, CancelThinking, ReportHeard, Speak, PrepareSpeech,
                                        CancelSpeaking, FlushPlayout, RisePlayout, TryAgain, RunTool, TellTool, HoldCall, SendDigits,
                                        TransferCall, HangUpCall, CallerSaid, AgentSaid, Understood, ReplyBegan, NoteLeft, StopRecording,
                                        QuestionBegan, QuestionHeard, QuestionSpoilt, DropQuestions, AnswerDigit, AnswerWords, ProviderSwitched, ToneHeard, TurnRefused, GaveUp,
                                        AnsweredBy, TokensUsed, ServiceChosen, ServiceRetried>;
using ConversationActions = std::vector<ConversationAction>;

}  // namespace offhook::inline v0::agent
