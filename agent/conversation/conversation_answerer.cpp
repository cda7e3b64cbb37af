#include <offhook/agent/conversation/conversation.hpp>

// Who took a call of ours: a person, a machine that wants a message, a fax, or nobody but the network with a tone.
namespace offhook::inline v0::agent {

using base::TimePoint;

void Conversation::on_line_tone(media::LineTone tone, TimePoint now, ConversationActions& out) {
  out.push_back(ToneHeard{tone});
  // Before the answer it is the telephone's to judge: another branch may ring on.
  if (phase_ != Phase::Connected) return;
  if (media::is_refusal(tone)) close("network tone", {}, now, out);
  // A fax that calls hears nothing that is said. Where the policy wants it known who took our call, AnswerWatch tells it.
  if (tone == media::LineTone::FaxCalling && options_.machine == MachinePolicy::Ignore) close("fax", {}, now, out);
}

void Conversation::on_answerer(const media::AnswerWatch::Step& step, TimePoint now, ConversationActions& out) {
  if (phase_ != Phase::Connected) return;
  if (step.verdict) on_verdict(*step.verdict, now, out);
  if (!step.speak_now || hearer_ != Hearer::MachineBeforeBeep) return;
  hearer_ = Hearer::Machine;
  finish_reply_if_heard(now, out);  // A message of no words has been heard already.
}

void Conversation::on_verdict(const media::AnswerVerdict& verdict, TimePoint now, ConversationActions& out) {
  out.push_back(AnsweredBy{verdict});
  switch (verdict.who) {
    case media::Answerer::Human:
    case media::Answerer::Unknown:  // A person who says nothing must not hear nothing.
      end_screening();
      if (agent_.state() == AgentFloor::State::Thinking) agent_.fill_by(now);  // The filler's time may have come unheard.
      return rest(now);
    case media::Answerer::Fax: return close("fax", {}, now, out);
    case media::Answerer::Machine: break;
  }
  if (options_.machine == MachinePolicy::HangUp) return close("answering machine", {}, now, out);
  prepare_message(now, out);
}

/// What was prepared for a person is not for a machine. What of it was said already, to one that sounded like a person, is cut off.
void Conversation::prepare_message(TimePoint now, ConversationActions& out) {
  hearer_ = Hearer::MachineBeforeBeep;
  abandon_listening(out);
  TurnInput opening;
  opening.kind = TurnInput::Kind::Opening;
  opening.text = kMachineAnswered;
  respond(std::move(opening), now, out);
}

}  // namespace offhook::inline v0::agent
