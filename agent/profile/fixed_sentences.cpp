#include <offhook/agent/profile/fixed_sentences.hpp>

#include <offhook/agent/support/language_tag.hpp>

#include <algorithm>
#include <array>

namespace offhook::inline v0::agent {

namespace {

struct OfLanguage {
  std::string_view language;
  std::string_view apology, mishap, goodbye, filler, empty_reply, refusal, silence, limit, transfer, shutdown;
};

constexpr std::array kSentences{
    OfLanguage{"en", "I am sorry, something went wrong on my side. Could you say that again?",
               "I am sorry, something went wrong on my side. What can I do for you?",
               "I am sorry, I cannot help you right now. Please call again later. Goodbye.", "One moment, please.",
               "Could you say that again, please?", "I am sorry, I cannot answer that. Can I help you with something else?",
               "I cannot hear you, so I will hang up now. Goodbye.",
               "We have reached the time limit of this call. Thank you for calling. Goodbye.", "I am sorry, nobody answers there right now.",
               "I am sorry, we have to end this call now. Please call again later. Goodbye."},
    OfLanguage{"de", "Entschuldigung, bei mir ist etwas schiefgegangen. K\u00F6nnen Sie das bitte noch einmal sagen?",
               "Entschuldigung, bei mir ist etwas schiefgegangen. Was kann ich f\u00FCr Sie tun?",
               "Es tut mir leid, ich kann Ihnen gerade nicht helfen. Bitte rufen Sie sp\u00E4ter noch einmal an. Auf Wiederh\u00F6ren.",
               "Einen Moment, bitte.", "K\u00F6nnen Sie das bitte noch einmal sagen?",
               "Es tut mir leid, darauf kann ich nicht antworten. Kann ich Ihnen sonst helfen?",
               "Ich kann Sie nicht h\u00F6ren und lege jetzt auf. Auf Wiederh\u00F6ren.",
               "Dieses Gespr\u00E4ch hat seine l\u00E4ngste Dauer erreicht. Vielen Dank f\u00FCr Ihren Anruf. Auf Wiederh\u00F6ren.",
               "Es tut mir leid, dort meldet sich gerade niemand.",
               "Es tut mir leid, wir m\u00FCssen das Gespr\u00E4ch jetzt beenden. Bitte rufen Sie sp\u00E4ter noch einmal an. Auf Wiederh\u00F6ren."},
    OfLanguage{"es", "Perdone, ha habido un problema por mi parte. \u00BFPuede repetirlo, por favor?",
               "Perdone, ha habido un problema por mi parte. \u00BFEn qu\u00E9 puedo ayudarle?",
               "Lo siento, ahora mismo no puedo ayudarle. Por favor, llame m\u00E1s tarde. Adi\u00F3s.", "Un momento, por favor.",
               "\u00BFPuede repetirlo, por favor?", "Lo siento, no puedo responder a eso. \u00BFPuedo ayudarle en otra cosa?",
               "No le oigo, as\u00ED que voy a colgar. Adi\u00F3s.",
               "Hemos llegado al tiempo m\u00E1ximo de esta llamada. Gracias por llamar. Adi\u00F3s.", "Lo siento, ahora no contesta nadie all\u00ED.",
               "Lo siento, tenemos que terminar la llamada ahora. Por favor, llame m\u00E1s tarde. Adi\u00F3s."},
    OfLanguage{"fr", "Excusez-moi, il y a eu un probl\u00E8me de mon c\u00F4t\u00E9. Pouvez-vous r\u00E9p\u00E9ter, s'il vous pla\u00EEt ?",
               "Excusez-moi, il y a eu un probl\u00E8me de mon c\u00F4t\u00E9. Que puis-je faire pour vous ?",
               "Je suis d\u00E9sol\u00E9, je ne peux pas vous aider pour le moment. Veuillez rappeler plus tard. Au revoir.",
               "Un instant, s'il vous pla\u00EEt.", "Pouvez-vous r\u00E9p\u00E9ter, s'il vous pla\u00EEt ?",
               "Je suis d\u00E9sol\u00E9, je ne peux pas r\u00E9pondre \u00E0 cela. Puis-je vous aider pour autre chose ?",
               "Je ne vous entends pas, je vais donc raccrocher. Au revoir.",
               "Nous avons atteint la dur\u00E9e maximale de cet appel. Merci de votre appel. Au revoir.",
               "Je suis d\u00E9sol\u00E9, personne ne r\u00E9pond l\u00E0-bas pour le moment.",
               "Je suis d\u00E9sol\u00E9, nous devons terminer cet appel maintenant. Veuillez rappeler plus tard. Au revoir."},
    OfLanguage{"it", "Mi scusi, c'\u00E8 stato un problema da parte mia. Pu\u00F2 ripetere, per favore?",
               "Mi scusi, c'\u00E8 stato un problema da parte mia. Come posso aiutarla?",
               "Mi dispiace, al momento non posso aiutarla. Richiami pi\u00F9 tardi, per favore. Arrivederci.", "Un momento, per favore.",
               "Pu\u00F2 ripetere, per favore?", "Mi dispiace, a questo non posso rispondere. Posso aiutarla in altro modo?",
               "Non la sento, quindi ora riaggancio. Arrivederci.",
               "Abbiamo raggiunto la durata massima di questa chiamata. Grazie per aver chiamato. Arrivederci.",
               "Mi dispiace, al momento non risponde nessuno.",
               "Mi dispiace, dobbiamo terminare ora la chiamata. Richiami pi\u00F9 tardi, per favore. Arrivederci."},
    OfLanguage{"pt", "Desculpe, houve um problema do meu lado. Pode repetir, por favor?",
               "Desculpe, houve um problema do meu lado. Em que posso ajudar?",
               "Lamento, neste momento n\u00E3o posso ajudar. Por favor, ligue mais tarde. Adeus.", "Um momento, por favor.",
               "Pode repetir, por favor?", "Lamento, n\u00E3o posso responder a isso. Posso ajudar em mais alguma coisa?",
               "N\u00E3o consigo ouvir, por isso vou desligar. Adeus.",
               "Atingimos o tempo m\u00E1ximo desta chamada. Obrigado por ter ligado. Adeus.", "Lamento, neste momento ningu\u00E9m atende l\u00E1.",
               "Lamento, temos de terminar a chamada agora. Por favor, ligue mais tarde. Adeus."},
};

}  // namespace

FixedSentences usual_sentences(std::string_view language) {
  const auto known = std::find_if(kSentences.begin(), kSentences.end(), [&](const OfLanguage& each) { return is_same_language(each.language, language); });
  const OfLanguage& of = known == kSentences.end() ? kSentences.front() : *known;
  const auto text = [](std::string_view sentence) { return std::string(sentence); };
  return {text(of.apology), text(of.mishap), text(of.goodbye), text(of.filler), text(of.empty_reply), text(of.refusal),
          text(of.silence), text(of.limit), text(of.transfer), text(of.shutdown)};
}

FixedSentences with_usual(FixedSentences given, std::string_view language) {
  FixedSentences usual = usual_sentences(language);
  for (const auto sentence : {&FixedSentences::apology, &FixedSentences::mishap, &FixedSentences::goodbye, &FixedSentences::filler,
                              &FixedSentences::empty_reply, &FixedSentences::refusal, &FixedSentences::silence, &FixedSentences::limit, &FixedSentences::transfer,
                              &FixedSentences::shutdown}) {
    if ((given.*sentence).empty()) given.*sentence = std::move(usual.*sentence);
  }
  return given;
}

}  // namespace offhook::inline v0::agent
