#include <offhook/agent/redaction/number_words.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace offhook::inline v0::agent::redaction {

namespace {

/// Returns true if `list`, whose words are separated by blanks, contains `word`.
bool stands_in(std::string_view list, std::string_view word) {
  if (word.empty()) return false;
  for (auto at = list.find(word); at != std::string_view::npos; at = list.find(word, at + 1)) {
    const bool begins = at == 0 || list[at - 1] == ' ';
    const bool ends = at + word.size() == list.size() || list[at + word.size()] == ' ';
    if (begins && ends) return true;
  }
  return false;
}

constexpr std::array<std::string_view, 10> kUnits{"zero oh o null nul nil cero zero naught nought",
                                                  "one eins uno una un um uma",
                                                  "two zwei zwo dos deux due dois duas",
                                                  "three drei tres trois tre",
                                                  "four vier cuatro quatre quattro quatro",
                                                  "five funf fuenf cinco cinq cinque",
                                                  "six sechs seis sei meia",
                                                  "seven sieben siete sept sette sete",
                                                  "eight acht ocho huit otto oito",
                                                  "nine niner neun nueve neuf nove"};

constexpr std::string_view kTeens =
    "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen "
    "zehn elf zwolf zwoelf dreizehn vierzehn funfzehn fuenfzehn sechzehn siebzehn achtzehn neunzehn "
    "diez once doce trece catorce quince dieciseis diecisiete dieciocho diecinueve dix onze douze treize quatorze quinze seize "
    "dieci undici dodici tredici quattordici quindici sedici diciassette diciotto diciannove "
    "dez doze treze catorze dezasseis dezesseis dezassete dezessete dezoito dezanove dezenove";

constexpr std::string_view kTens =
    "twenty thirty forty fourty fifty sixty seventy eighty ninety "
    "zwanzig dreissig vierzig funfzig fuenfzig sechzig siebzig achtzig neunzig "
    "veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa vingt vingts trente quarante cinquante soixante septante "
    "octante huitante nonante "
    "venti trenta quaranta cinquanta sessanta settanta ottanta novanta vinte trinta quarenta cinquenta sessenta setenta oitenta "
    "noventa";

constexpr std::string_view kHundreds =
    "hundred hundreds thousand hundert einhundert tausend eintausend cien ciento mil cent cents mille cento mila duzentos "
    "doscientos";

constexpr std::string_view kBetween =
    "and then dash hyphen minus slash space blank point dot comma stroke plus uh um er ah "
    "und dann strich bindestrich schragstrich schraegstrich leerzeichen punkt komma aeh ahm "
    "y luego guion barra espacio punto coma eh et puis tiret espace virgule euh "
    "e poi trattino spazio virgola traco espaco ponto";

/// The parts of compound number words: German, Italian and other languages write such a number as one word.
constexpr std::string_view kParts =
    "zwanzig dreissig vierzig funfzig fuenfzig sechzig siebzig achtzig neunzig dreizehn vierzehn funfzehn fuenfzehn sechzehn "
    "siebzehn achtzehn neunzehn "
    "zehn elf zwolf zwoelf eins ein zwei zwo drei vier funf fuenf sechs sieben acht neun und hundert tausend "
    "quarantuno quaranta cinquanta sessanta settanta ottanta novanta trentuno trenta ventuno ventotto venti veinti quattro "
    "cinque sette otto uno due tre tres "
    "sei seis nove cento mila mille dos cuatro cinco siete ocho nueve";

/// Returns the largest number of entries of kParts into which `word` can be split; 0 if that number is less than two.
unsigned parts_of(std::string_view word) {
  constexpr std::size_t kLongest = 48;
  if (word.size() > kLongest) return 0;
  std::array<unsigned, kLongest + 1> best{};  // Number of parts up to each position; 0: no part ends there.
  for (std::size_t from = 0; from < word.size(); ++from) {
    if (from != 0 && best[from] == 0) continue;
    for (std::size_t length = 2; from + length <= word.size() && length <= 12; ++length) {
      const auto part = word.substr(from, length);
      if (!stands_in(kParts, part)) continue;
      best[from + length] = std::max(best[from + length], best[from] + 1);
    }
  }
  return best[word.size()] >= 2 ? best[word.size()] : 0;
}

}  // namespace

std::optional<NumberWord> number_word(std::string_view word) {
  using Kind = NumberWord::Kind;
  for (unsigned digit = 0; digit < kUnits.size(); ++digit) {
    if (stands_in(kUnits[digit], word)) return NumberWord{Kind::Unit, digit};
  }
  if (stands_in(kTeens, word)) return NumberWord{Kind::Teen, 2};
  if (stands_in(kTens, word)) return NumberWord{Kind::Tens, 2};
  if (stands_in(kHundreds, word)) return NumberWord{Kind::Hundred, 2};
  if (stands_in("double doppel doppelt doble doppio duplo dupla", word)) return NumberWord{Kind::Repeat, 2};
  if (stands_in("triple dreifach triplo", word)) return NumberWord{Kind::Repeat, 3};
  const unsigned parts = parts_of(word);
  return parts == 0 ? std::nullopt : std::optional(NumberWord{Kind::Teen, std::max(2U, parts - 1)});
}

bool is_between_digits(std::string_view word) {
  return stands_in(kBetween, word);
}

}  // namespace offhook::inline v0::agent::redaction
