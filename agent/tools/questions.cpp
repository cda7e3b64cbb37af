#include <offhook/agent/tools/questions.hpp>

#include <offhook/agent/redaction/answer_words.hpp>
#include <offhook/agent/support/language_tag.hpp>
#include <offhook/agent/support/utf8.hpp>
#include <offhook/base/text.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>

namespace offhook::inline v0::agent::tools {

namespace {

/// The sentences of one language. `{}` is a placeholder. `how` comes after each question, and `again` after an unclear answer.
struct Sentences {
  std::string_view language, transfer, number, hang_up, hold, digits, note, other, how, again;
};

constexpr std::array kSentences{
    Sentences{"en", "Shall I connect you to {}?", "Shall I connect you to the number {}?", "Shall I end the call?",
              "Shall I put you on hold for a moment?", "Shall I press keys for you?", "Shall I write that down?",
              "May I do this for you: {}?", "Please say yes or press 1. If not, say no or press 2.",
              "I did not get that. Please say yes or press 1, or say no or press 2."},
    Sentences{"de", "Soll ich Sie mit {} verbinden?", "Soll ich Sie mit der Nummer {} verbinden?",
              "Soll ich das Gespr\u00e4ch beenden?", "Soll ich Sie einen Moment in die Warteschleife legen?",
              "Soll ich f\u00fcr Sie Tasten dr\u00fccken?", "Soll ich das aufschreiben?", "Darf ich das f\u00fcr Sie tun: {}?",
              "Bitte sagen Sie Ja oder dr\u00fccken Sie die 1. Wenn nicht, sagen Sie Nein oder dr\u00fccken Sie die 2.",
              "Das habe ich nicht verstanden. Bitte sagen Sie Ja oder dr\u00fccken Sie die 1, oder sagen Sie Nein oder "
              "dr\u00fccken Sie die 2."},
    Sentences{"es", "\u00bfLe comunico con {}?", "\u00bfLe comunico con el n\u00famero {}?", "\u00bfTermino la llamada?",
              "\u00bfLe pongo en espera un momento?", "\u00bfPulso las teclas por usted?", "\u00bfLo anoto?",
              "\u00bfPuedo hacer esto por usted: {}?", "Diga s\u00ed o pulse 1. Si no, diga no o pulse 2.",
              "No le he entendido. Diga s\u00ed o pulse 1, o diga no o pulse 2."},
    Sentences{"fr", "Dois-je vous mettre en relation avec {}\u00a0?",
              "Dois-je vous mettre en relation avec le num\u00e9ro {}\u00a0?", "Dois-je terminer l'appel\u00a0?",
              "Dois-je vous mettre en attente un instant\u00a0?", "Dois-je appuyer sur des touches pour vous\u00a0?",
              "Dois-je le noter\u00a0?", "Puis-je faire ceci pour vous\u00a0: {}\u00a0?",
              "Dites oui ou appuyez sur 1. Sinon, dites non ou appuyez sur 2.",
              "Je n'ai pas compris. Dites oui ou appuyez sur 1, ou dites non ou appuyez sur 2."},
    Sentences{"it", "La metto in contatto con {}?", "La metto in contatto con il numero {}?", "Devo terminare la chiamata?",
              "La metto in attesa un momento?", "Devo premere dei tasti per lei?", "Devo annotarlo?",
              "Posso fare questo per lei: {}?", "Dica s\u00ec o prema 1. Altrimenti dica no o prema 2.",
              "Non ho capito. Dica s\u00ec o prema 1, oppure dica no o prema 2."},
    Sentences{"pt", "Posso transferi-lo para {}?", "Posso transferi-lo para o n\u00famero {}?", "Posso terminar a chamada?",
              "Posso coloc\u00e1-lo em espera um momento?", "Posso premir teclas por si?", "Posso anotar isso?",
              "Posso fazer isto por si: {}?", "Diga sim ou prima 1. Se n\u00e3o, diga n\u00e3o ou prima 2.",
              "N\u00e3o percebi. Diga sim ou prima 1, ou diga n\u00e3o ou prima 2."},
};

const Sentences& sentences_in(std::string_view language) {
  const auto at = std::find_if(kSentences.begin(), kSentences.end(),
                               [language](const Sentences& s) { return is_same_language(s.language, language); });
  return at == kSentences.end() ? kSentences.front() : *at;
}

std::string filled(std::string_view sentence, std::string_view with) {
  const auto at = sentence.find("{}");
  if (at == std::string_view::npos) return std::string(sentence);
  return std::string(sentence.substr(0, at)).append(with).append(sentence.substr(at + 2));
}

/// Separates the digits with blanks, so that a voice speaks each one: "+4930" -> "+ 4 9 3 0".
std::string digit_by_digit(std::string_view number) {
  std::string out;
  for (const char c : number) (out += out.empty() ? "" : " ") += c;
  return out;
}

/// Returns the part of an argument that a voice may speak: without markup, and without marks that begin a new sentence.
std::string speakable(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = base::is_alpha(c) || base::is_digit(c) || static_cast<unsigned char>(c) >= 0x80 || c == '-' || c == '.' ||
                       c == ',' || c == '+';
    out += plain ? c : ' ';
  }
  return std::string(base::trim(out));
}

/// Returns a number as the agent says it: with two decimals if it may be an amount of money, otherwise with all its digits. Returns nullopt if the spoken
/// number would differ from the value.
std::optional<std::string> spoken_number(double number) {
  constexpr double kMostExact = 9007199254740992;  // 2^53: from here on the written number is unknown.
  if (std::abs(number) >= kMostExact) return std::nullopt;
  for (const auto& said : {fmt::format("{:.2f}", number), fmt::format("{}", number)}) {
    if (said.find('e') == std::string::npos && std::strtod(said.c_str(), nullptr) == number) return said;
  }
  return std::nullopt;
}

/// Marks that are spoken as a word, in the order of kSentences.
struct Mark { char sign; std::array<std::string_view, kSentences.size()> words; };
constexpr std::array kMarks{Mark{'@', {"at", "at", "arroba", "arobase", "chiocciola", "arroba"}},
                            Mark{'%', {"percent", "Prozent", "por ciento", "pour cent", "per cento", "por cento"}},
                            Mark{'/', {"slash", "Schr\u00e4gstrich", "barra", "barre oblique", "barra", "barra"}},
                            Mark{'&', {"and", "und", "y", "et", "e", "e"}},
                            Mark{'_', {"underscore", "Unterstrich", "guion bajo", "tiret bas", "trattino basso", "sublinhado"}},
                            Mark{'$', {"dollars", "Dollar", "d\u00f3lares", "dollars", "dollari", "d\u00f3lares"}}};

/// Returns true for blanks and punctuation outside ASCII. Returns false for dashes and signs, because they may be part of a word or number.
bool is_rest(std::uint32_t code) {
  constexpr std::u32string_view kRests = U"\u00a0\u00a1\u00ab\u00bb\u00bf\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u201f\u2026\u202f\u205f\u3000\u3001\u3002";
  return (code >= 0x2000 && code <= 0x200a) || kRests.find(static_cast<char32_t>(code)) != std::u32string_view::npos;
}

/// Returns true if a word or number does not continue in `rest`, which is empty, or begins with a blank or a mark.
bool ends_word(std::string_view rest) {
  if (rest.empty() || std::string_view(" .,!?;:'\"()").find(rest.front()) != std::string_view::npos) return true;
  return is_rest(first_utf8(rest).code);
}

/// Replaces marks at which a voice pauses by blanks: the words after a pause could sound like a new sentence. Keeps marks within a number or address.
std::string without_rests(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const Utf8Char here = first_utf8(text);
    const std::string_view as_written = text.substr(0, here.length);
    text.remove_prefix(here.length);
    const bool rests = is_rest(here.code) || ((here.code == '.' || here.code == ',') && ends_word(text));
    out += rests ? " " : as_written;
  }
  return out;
}

/// Returns `text` as the agent says it; nullopt if it has invisible characters, or marks that have no spoken form. Leaves out only marks without
/// meaning, because the caller must agree to the exact value of the tool call.
std::optional<std::string> spoken_text(std::string_view text, const Sentences& words) {
  if (visible_utf8(text) != text) return std::nullopt;
  const auto language = static_cast<std::size_t>(&words - kSentences.data());
  std::string said;
  for (const char c : without_rests(text)) {
    const auto mark = std::find_if(kMarks.begin(), kMarks.end(), [c](const Mark& each) { return each.sign == c; });
    if (mark != kMarks.end()) said += fmt::format(" {} ", mark->words.at(language));
    else if (speakable({&c, 1}).empty() && std::string_view(" !?;:'\"()").find(c) == std::string_view::npos) return std::nullopt;
    else said += c;
  }
  return speakable(said);
}

/// Returns the whole value of an argument as the agent says it; nullopt if a part of it cannot be spoken.
std::optional<std::string> spoken_value(const Arguments& arguments, std::string_view name, const Sentences& words) {
  const auto at = std::find_if(arguments.begin(), arguments.end(), [name](const Argument& a) { return a.name == name; });
  if (at == arguments.end()) return std::nullopt;
  std::optional<std::string> said;
  if (const auto* text = std::get_if<std::string>(&at->value); text != nullptr && count_utf8(*text) <= kMaxSpokenValue) said = spoken_text(*text, words);
  if (const auto* whole = std::get_if<std::int64_t>(&at->value)) said = std::to_string(*whole);
  if (const auto* real = std::get_if<double>(&at->value)) said = spoken_number(*real);
  if (!said || said->empty()) return std::nullopt;
  return said;
}

/// Invokes `text` for each part of a question outside braces, and `place` for each name in braces.
template <class Text, class Place>
void read_question(std::string_view question, Text text, Place place) {
  while (!question.empty()) {
    const auto open = question.find('{');
    text(question.substr(0, open));
    if (open == std::string_view::npos) return;
    const auto close = question.find('}', open);
    if (close == std::string_view::npos) return;
    place(question.substr(open + 1, close - open - 1));
    question.remove_prefix(close + 1);
  }
}

std::string own_question(std::string_view question, const Arguments& arguments, const Sentences& words) {
  std::string out;
  read_question(question, [&](std::string_view text) { out += text; }, [&](std::string_view name) { out += spoken_value(arguments, name, words).value_or(""); });
  return out;
}

std::string other_question(const ToolRule& rule, const Arguments& arguments, const Sentences& words) {
  if (!rule.question.empty()) return std::string(cut_utf8(own_question(rule.question, arguments, words), kMaxQuestionBytes));
  std::string name = rule.name;
  std::replace(name.begin(), name.end(), '_', ' ');
  return filled(words.other, speakable(name));
}

}  // namespace

Question question_for(const ToolRule& rule, const ToolRequest& request, std::string_view language) {
  const Sentences& words = sentences_in(language);
  std::string asked;
  if (const auto* transfer = std::get_if<TransferRequest>(&request)) {
    asked =
        transfer->name.empty() ? filled(words.number, digit_by_digit(transfer->target)) : filled(words.transfer, transfer->name);
  } else if (std::holds_alternative<HangUpRequest>(request)) {
    asked = words.hang_up;
  } else if (std::holds_alternative<HoldRequest>(request)) {
    asked = words.hold;
  } else if (std::holds_alternative<DigitsRequest>(request)) {
    asked = words.digits;
  } else if (std::holds_alternative<NoteRequest>(request)) {
    asked = words.note;
  } else if (std::holds_alternative<PauseRecordingRequest>(request)) {
    asked = other_question(rule, {}, words);
  } else {
    asked = other_question(rule, std::get<SourceRequest>(request).arguments, words);
  }
  return {asked + " " + std::string(words.how), std::string(words.again)};
}

std::optional<std::string> fault_of_question(const ToolRule& rule, const ToolRequest& request) {
  const auto* call = std::get_if<SourceRequest>(&request);
  if (call == nullptr || !rule.asks_caller()) return std::nullopt;
  std::optional<std::string> fault;
  read_question(rule.question, [](std::string_view) {}, [&](std::string_view name) {
    if (fault || spoken_value(call->arguments, name, kSentences.front())) return;
    fault = fmt::format("the caller is asked about \"{}\", which must be a number or a text of at most {} characters, all of which can be said.", name, kMaxSpokenValue);
  });
  const auto is_long = [&](const Sentences& words) { return own_question(rule.question, call->arguments, words).size() > kMaxQuestionBytes; };
  if (!fault && std::any_of(kSentences.begin(), kSentences.end(), is_long)) fault = "this is more than the caller can be asked about at once.";
  return fault;
}

}  // namespace offhook::inline v0::agent::tools
