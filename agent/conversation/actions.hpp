#pragma once

#include <offhook/agent/conversation/parts.hpp>
#include <offhook/agent/conversation/tool.hpp>
#include <offhook/agent/conversation/voice_session.hpp>
#include <offhook/media/detect/answer_watch.hpp>
#include <offhook/media/detect/line_tone.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <variant>
#include <vector>

/// The actions that a conversation decides on. Its bridge carries them out in order.
namespace offhook::inline v0::agent {

struct AnswerCall {};                                        ///< the greeting is ready: answer the call
struct BeginListening { std::uint32_t turn = 0; std::string expect; };
struct EndListening {};
struct AbandonListening {};
struct Respond { TurnInput input; };
struct CancelThinking { std::uint32_t turn = 0; std::string why; };
struct ReportHeard { std::uint32_t turn = 0; std::string text; bool interrupted = false; };
struct Speak { std::uint32_t utterance = 0; std::string text; };
struct PrepareSpeech { std::string text; };                    ///< the audio of this text will be needed as soon as caller and agent are silent
struct CancelSpeaking {};
struct FlushPlayout { std::uint32_t utterance = 0; };        ///< removes all queued audio up to this utterance
struct RisePlayout {};                                       ///< the caller's voice did not interrupt the agent, whose voice continues at full level
struct TryAgain { Stage stage{}; std::string why; };           ///< a new attempt at the stage; the bridge calls on_no_other_way() if none is possible
/// For the record: no provider can do this stage of the turn any more, and the agent tells the caller.
struct GaveUp { Stage stage{}; };
/// For the record: the provider's content filter refused the caller's turn.
struct TurnRefused { std::uint32_t turn = 0; std::string why; };
struct RunTool { ToolCall call; };
struct ReturnToolOutcome { ToolOutcome outcome; };           ///< returns the outcome to the session whose model called the tool
// The bridge passes the next six actions to the tool box: the progress of a tool's question to the caller, and the caller's answer.
struct QuestionBegan {};
struct QuestionHeard {};
struct QuestionSpoilt {};
struct DropQuestions { std::uint32_t turn = 0; };             ///< drops the questions of this turn and of earlier turns
struct AnswerDigit { char digit = 0; };
struct AnswerWords { Transcript transcript; base::TimePoint began{}; };
struct HoldCall { bool on = true; };
struct StopRecording {};                                     ///< ends the recording: the caller has not heard the whole notice about it
struct SendDigits { std::string digits; };
struct TransferCall { std::string target; };
struct HangUpCall { std::string why; };
/// The agent leaves a note about the call for people to read. It appears only in the record.
struct NoteLeft { std::uint32_t turn = 0; std::string text; };

// The actions that follow are only for the record and for observers of the call.
/// The conversation begins with this service.
struct ServiceChosen { ServiceInUse service; };
struct CallerSaid { std::uint32_t turn = 0; std::string text; double confidence = 0; bool rejected = false; bool digits = false; };
struct AgentSaid { std::uint32_t turn = 0; std::string text; bool interrupted = false; };
struct Understood { std::uint32_t turn = 0; std::string intent; double score = 0; };
/// The reply's first frame leaves. `response` is the time since the caller's last voiced frame or key; nullopt when the caller had said nothing.
struct ReplyBegan { std::uint32_t turn = 0; std::optional<std::chrono::milliseconds> response; };
/// The network or a machine sent a tone.
struct ToneHeard { media::LineTone tone{}; };
/// The kind of party that answered an outgoing call, if the options ask for its detection. A second verdict replaces the first.
struct AnsweredBy { media::AnswerVerdict verdict; };

using ConversationAction = std::variant<AnswerCall, BeginListening, EndListening, AbandonListening, Respond, CancelThinking, ReportHeard, Speak, PrepareSpeech,
                                        CancelSpeaking, FlushPlayout, RisePlayout, TryAgain, RunTool, ReturnToolOutcome, HoldCall, SendDigits,
                                        TransferCall, HangUpCall, CallerSaid, AgentSaid, Understood, ReplyBegan, NoteLeft, StopRecording,
                                        QuestionBegan, QuestionHeard, QuestionSpoilt, DropQuestions, AnswerDigit, AnswerWords, ProviderSwitched, ToneHeard, TurnRefused, GaveUp,
                                        AnsweredBy, TokensUsed, ServiceChosen, ServiceRetried>;
using ConversationActions = std::vector<ConversationAction>;

}  // namespace offhook::inline v0::agent
