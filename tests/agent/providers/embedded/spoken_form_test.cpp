#include <offhook/agent/providers/embedded/spoken_form.hpp>
#include <offhook/agent/providers/embedded/spoken_number.hpp>
#include <offhook/agent/providers/embedded/spoken_time.hpp>
#include <offhook/base/text.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

using namespace offhook::agent::embedded;

namespace {

using Cases = std::vector<std::pair<std::string, std::string>>;

void check(const Cases& cases) {
  for (const auto& [text, spoken] : cases) {
    CAPTURE(text);
    CHECK(spoken_form(text) == spoken);
  }
}

}  // namespace

TEST_CASE("spoken_form writes whole numbers as number words") {
  check({{"0", "zero"},
         {"7", "seven"},
         {"13", "thirteen"},
         {"20 times", "twenty times"},
         {"99", "ninety nine"},
         {"100", "one hundred"},
         {"101", "one hundred one"},
         {"999", "nine hundred ninety nine"},
         {"1000", "one thousand"},
         {"1205", "one thousand two hundred five"},
         {"1,205.", "one thousand two hundred five."},
         {"25000", "twenty five thousand"},
         {"1000000", "one million"},
         {"1,234,567", "one million two hundred thirty four thousand five hundred sixty seven"},
         {"999,999,999,999", "nine hundred ninety nine billion nine hundred ninety nine million nine hundred ninety nine thousand "
                             "nine hundred ninety nine"},
         {"-1", "minus one"},
         {"-40", "minus forty"},
         {"Press 1, then 2.", "Press one, then two."},
         {"(3)", "(three)"}});
  CHECK(cardinal(kMaxCardinal + 1) == read_digits("1000000000000"));
}

TEST_CASE("spoken_form writes decimal numbers, fractions, percentages and ranges in words") {
  check({{"3.5", "three point five"},
         {"0.75", "zero point seven five"},
         {"-2.50", "minus two point five zero"},
         {"20%", "twenty percent"},
         {"12.5%.", "twelve point five percent."},
         {"10-12", "ten to twelve"},
         {"2-3 days", "two to three days"},
         {"1/2", "one half"},
         {"3/4", "three quarters"}});
}

TEST_CASE("spoken_form writes long numbers, and numbers with a leading zero, digit by digit in groups") {
  check({{"5551234", "five five five, one two three four"},
         {"90210", "nine zero two, one zero"},
         {"007", "zero zero seven"},
         {"0123", "zero one two three"},
         {"8005550134", "eight zero zero, five five five, zero one three four"},
         {"18005550134", "one, eight zero zero, five five five, zero one three four"},
         {"99999999999999999999", "nine nine nine, nine nine nine, nine nine nine, nine nine nine, nine nine nine nine, nine nine nine nine"}});
}

TEST_CASE("spoken_form keeps the groups in which the text writes a telephone number") {
  check({{"Call 555-0134.", "Call five five five, zero one three four."},
         {"1-800-555-0134", "one, eight zero zero, five five five, zero one three four"},
         {"(800) 555-0134!", "eight zero zero, five five five, zero one three four!"},
         {"555.013.4567", "five five five, zero one three, four five six seven"},
         {"Dial +49 30 1234567 now", "Dial plus four nine, three zero, one two three, four five six seven now"},
         {"Dial +49 now", "Dial plus four nine now"},
         {"030/123456", "zero three zero, one two three, four five six"}});
}

TEST_CASE("spoken_form writes times of day in words") {
  check({{"00:00", "midnight"},
         {"24:00", "midnight"},
         {"12:00", "noon"},
         {"0:30", "twelve thirty A M"},
         {"00:05", "twelve oh five A M"},
         {"9:30", "half past nine"},
         {"9:15", "quarter past nine"},
         {"9:45", "quarter to ten"},
         {"12:45", "quarter to one"},
         {"12:30", "half past twelve"},
         {"10:00", "ten o'clock"},
         {"8:05", "eight oh five"},
         {"8:20", "eight twenty"},
         {"13:05", "one oh five P M"},
         {"17:00", "five P M"},
         {"23:59", "eleven fifty nine P M"},
         {"9 am to 5 pm", "nine A M to five P M"},
         {"9 a.m. to 5 p.m.", "nine A M to five P M."},
         {"9:30am", "nine thirty A M"},
         {"12pm", "twelve P M"},
         {"9am-5pm", "nine A M to five P M"},
         {"9:00-17:00", "nine o'clock to five P M"},
         {"9-5pm", "nine to five P M"},
         {"at 9:30, 10:00 or 8:05", "at half past nine, ten o'clock or eight oh five"}});
}

TEST_CASE("spoken_form writes the numbers of a text that only resembles a time") {
  check({{"9:60", "nine : sixty"}, {"25:00", "twenty five : zero zero"}, {"13pm", "thirteen pm"}, {"24:01", "twenty four : zero one"}});
  CHECK_FALSE(parse_clock(""));
  CHECK_FALSE(parse_clock(":"));
  CHECK_FALSE(parse_clock("9:"));
  CHECK_FALSE(parse_clock("0am"));
  CHECK_FALSE(parse_clock("9:3"));
}

TEST_CASE("spoken_form writes dates and years in words") {
  check({{"2026-11-21", "November twenty first, twenty twenty six"},
         {"11/21/2026", "November twenty first, twenty twenty six"},
         {"21/11/2026", "November twenty first, twenty twenty six"},
         {"November 21, 2026.", "November twenty first, twenty twenty six."},
         {"Nov. 3rd", "November third"},
         {"on 4 July at noon", "on July fourth at noon"},
         {"May 1", "May first"},
         {"you may 1", "you may one"},
         {"in 2026?", "in twenty twenty six?"},
         {"since 1905", "since nineteen oh five"},
         {"in 2000", "in two thousand"},
         {"in 1900", "in nineteen hundred"},
         {"in 2009", "in two thousand nine"},
         {"2026-13-01", "two zero two six, one three, zero one"}});
  CHECK_FALSE(parse_date("2026-02-30"));
  CHECK_FALSE(parse_date("0/0/2026"));
  CHECK(parse_date("2/29/2024"));
}

TEST_CASE("spoken_form writes amounts of money with their currency") {
  check({{"$5.50", "five dollars and fifty cents"},
         {"$1", "one dollar"},
         {"$1.01", "one dollar and one cent"},
         {"$0.99", "ninety nine cents"},
         {"$0", "zero dollars"},
         {"$20.00 a day", "twenty dollars a day"},
         {"$1,250", "one thousand two hundred fifty dollars"},
         {"-$3", "minus three dollars"},
         {"$2.5 million", "two point five million dollars"},
         {"$3.125", "three point one two five dollars"},
         {"$", "$"}});
}

TEST_CASE("spoken_form writes ordinals in words") {
  check({{"1st", "first"},
         {"2nd", "second"},
         {"3rd", "third"},
         {"5th", "fifth"},
         {"8th", "eighth"},
         {"9th", "ninth"},
         {"11th", "eleventh"},
         {"12th", "twelfth"},
         {"20th", "twentieth"},
         {"21st", "twenty first"},
         {"42nd", "forty second"},
         {"100th", "one hundredth"},
         {"1000th", "one thousandth"}});
}

TEST_CASE("spoken_form spells codes, with a comma between letters and digits") {
  check({{"AB12C", "ay B, one two, C"}, {"XK-42.", "X K, four two."}, {"room B12", "room B, one two"}, {"7up", "seven up"}, {"mp3", "mp three"}});
  CHECK(spell_out("a1") == "ay, one");
  CHECK(spell_out("--").empty());
}

TEST_CASE("spoken_form expands abbreviations, some of them depending on the next word") {
  check({{"fish & chips", "fish and chips"},
         {"12 Harbor St., next door", "twelve Harbor Street, next door"},
         {"St. Mary", "Saint Mary"},
         {"Dr. Smith lives on Lake Dr.", "Doctor Smith lives on Lake Drive."},
         {"bus No. 5", "bus number five"},
         {"I said No.", "I said No."}});
}

TEST_CASE("spoken_form leaves text without numbers unchanged, except for blanks") {
  check({{"Hello, this is Blue River.", "Hello, this is Blue River."}, {"  a   b ", "a b"}, {"", ""}, {" ... ", "..."}, {"\"Yes!\"", "\"Yes!\""}});
}

TEST_CASE("spoken_form leaves no digits in any text") {
  std::uint32_t state = 7;
  const std::string alphabet = "0123456789019-+.,:/$%()# aApPmMsStTZ";
  for (int i = 0; i < 3000; ++i) {
    std::string text;
    for (int k = 0; k < 24; ++k) text += alphabet[((state = state * 1664525U + 1013904223U) >> 16U) % alphabet.size()];
    CAPTURE(text);
    const auto spoken = spoken_form(text);
    CHECK(std::ranges::none_of(spoken, offhook::base::is_digit));
    CHECK(spoken.size() < 40 * text.size());
  }
}
