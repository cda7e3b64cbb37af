#include <offhook/agent/redaction/answer_words.hpp>

#include <offhook/agent/support/language_tag.hpp>
#include <offhook/base/text.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <span>

namespace offhook::inline v0::agent::redaction {

namespace {

/// Words and phrases of one language: folded, separated by '|'. `fillers` mean neither yes nor no. The number one means yes and the number two means
/// no, like their keys. French "un" and Portuguese "um" are left out, because a recogniser also writes hesitations of other languages so.
struct Words {
  std::string_view language, yes, no, fillers;
};

constexpr std::array kWords{
    Words{"en",
          "yes|yeah|yep|yup|sure|ok|okay|correct|right|go ahead|of course|absolutely|certainly|definitely|do it|do that|please "
          "do|yes i do|i agree|one",
          "no|nope|nah|don t|do not|no don t|stop|cancel|never|never mind|not now|stay|i d rather not|rather not|two",
          "please|thanks|thank you|thank you very much|oh|uh|um|well|that s|it s|fine|then"},
    Words{"de",
          "ja|jawohl|jo|klar|gerne|gern|okay|ok|genau|richtig|einverstanden|sicher|natuerlich|naturlich|selbstverstandlich|"
          "machen sie das|eins",
          "nein|ne|nee|noe|nicht|bitte nicht|lieber nicht|stopp|stop|abbrechen|auf keinen fall|zwei",
          "bitte|danke|vielen dank|ach|ah|ahm|na|also|doch|sehr"},
    Words{"es", "si|claro|vale|ok|okay|correcto|de acuerdo|por supuesto|desde luego|adelante|uno",
          "no|nunca|cancelar|cancele|mejor no|para nada|dos", "por favor|gracias|muchas gracias|pues|eh|bueno|que"},
    Words{"fr", "oui|ouais|d accord|ok|okay|bien sur|volontiers|exactement|tout a fait|allez y",
          "non|pas|jamais|surtout pas|annuler|annulez|arretez|deux",
          "s il vous plait|s il te plait|merci|euh|ben|alors|bon|merci beaucoup"},
    Words{"it", "si|certo|ok|okay|va bene|d accordo|esatto|volentieri|certamente|uno", "no|mai|annulla|annulli|meglio di no|due",
          "per favore|grazie|prego|eh|allora|beh|grazie mille"},
    Words{"pt", "sim|claro|ok|okay|certo|pode ser|com certeza|isso|esta bem", "nao|nunca|cancelar|cancele|melhor nao|dois",
          "por favor|obrigado|obrigada|faz favor|eh|entao|bem"},
};

/// For each letter from U+00C0 to U+017F, the letter without its accent; '?': the letter stays as it is.
constexpr std::string_view kBase =
    "aaaaaa?ceeeeiiii?nooooo?ouuuuy??aaaaaa?ceeeeiiii?nooooo?ouuuuy?y"
    "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiii??jjkk?lllllll"
    "lllnnnnnn???oooooo??rrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";

bool continues(char c) {
  return (static_cast<unsigned char>(c) & 0xc0U) == 0x80;
}

std::size_t length_at(std::string_view text) {
  std::size_t length = 1;
  while (length < text.size() && length < 4 && continues(text[length])) ++length;
  return length;
}

/// Returns the folded form of one character outside ASCII; "" for a mark between words.
std::string_view folded_character(std::string_view character) {
  if (character.size() == 3 && character.starts_with("\xe2\x80")) return {};  // U+2000..U+203F: quotes, dashes, blanks
  if (character.size() == 2 && (character[0] == '\xc2')) return {};           // U+0080..U+00BF: inverted marks, no-break space
  if (character == "\xc3\x9f") return "ss";
  if (character.size() != 2 || character[0] < '\xc3' || character[0] > '\xc5') return character;
  const auto code = (static_cast<std::size_t>(static_cast<unsigned char>(character[0]) & 0x1fU) << 6U) |
                    (static_cast<unsigned char>(character[1]) & 0x3fU);
  const std::size_t at = code - 0xc0;
  if (at >= kBase.size() || kBase[at] == '?') return character;
  return kBase.substr(at, 1);
}

std::vector<std::string_view> split(std::string_view text, char between) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const auto at = text.find(between);
    parts.push_back(text.substr(0, at));
    text.remove_prefix(at == std::string_view::npos ? text.size() : at + 1);
  }
  return parts;
}

/// Returns the length of the longest of `phrases` that is the beginning of `text` and ends there at the end of a word; 0: no phrase is.
std::size_t longest(std::string_view text, std::string_view phrases) {
  std::size_t most = 0;
  for (const auto phrase : split(phrases, '|')) {
    const bool fits = text.starts_with(phrase) && (text.size() == phrase.size() || text[phrase.size()] == ' ');
    if (fits) most = std::max(most, phrase.size());
  }
  return most;
}

Answer answer_in(std::string_view text, const Words& words) {
  bool yes = false, no = false;
  while (!text.empty()) {
    const std::size_t as_yes = longest(text, words.yes), as_no = longest(text, words.no),
                      as_filler = longest(text, words.fillers);
    const std::size_t most = std::max({as_yes, as_no, as_filler});
    if (most == 0) return Answer::Unclear;
    if (as_filler < most) (as_no == most ? no : yes) = true;
    text.remove_prefix(std::min(text.size(), most + 1));
  }
  if (yes == no) return Answer::Unclear;
  return yes ? Answer::Yes : Answer::No;
}

}  // namespace

std::string folded(std::string_view utf8) {
  std::string out;
  while (!utf8.empty()) {
    const std::size_t length = static_cast<unsigned char>(utf8.front()) < 0x80 ? 1 : length_at(utf8);
    const char c = utf8.front();
    std::string_view to = utf8.substr(0, length);
    const char lower = base::to_lower(c);
    if (length == 1)
      to = base::is_alpha(c) || base::is_digit(c) ? std::string_view(&lower, 1) : std::string_view();
    else
      to = folded_character(to);
    if (!to.empty())
      out += to;
    else if (!out.empty() && out.back() != ' ')
      out += ' ';
    utf8.remove_prefix(length);
  }
  if (out.ends_with(' ')) out.pop_back();
  return out;
}

Answer answer_of(std::string_view transcript, const std::vector<std::string>& languages) {
  if (transcript.size() > kMaxAnswerBytes) return Answer::Unclear;
  const std::string text = folded(transcript);
  const auto is_ours = [](const std::string& tag) { return std::any_of(kWords.begin(), kWords.end(), [&tag](const Words& words) { return is_same_language(words.language, tag); }); };
  const bool asked_in_english = languages.empty() || !is_ours(languages.front());  // sentences_in() selects English in the same cases.
  std::optional<Answer> answer;
  for (const Words& words : kWords) {
    const auto meant = [&](const std::string& tag) { return is_same_language(tag, words.language); };
    if (std::none_of(languages.begin(), languages.end(), meant) && !(asked_in_english && words.language == "en")) continue;
    const Answer here = answer_in(text, words);
    if (here == Answer::Unclear) continue;
    if (answer && *answer != here) return Answer::Unclear;  // The text means yes in one language, and no in another.
    answer = here;
  }
  return answer.value_or(Answer::Unclear);
}

}  // namespace offhook::inline v0::agent::redaction
