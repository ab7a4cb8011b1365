// Checks a batch of bars by simdjson On-Demand: ingest FILE PROCESSED REJECTS.
#include <simdjson.h>

#include <charconv>
#include <cstdio>
#include <ctime>
#include <string>
#include <string_view>
#include <vector>

using namespace simdjson;
using std::string_view;

namespace {

// Output is a file behind a buffer of a mebibyte.
class Output {
public:
	explicit Output(const char *path) : file(std::fopen(path, "wb")) {
		if (!file) throw std::runtime_error(std::string("open ") + path);
		buffer.reserve(size + 4096);
	}
	Output &operator<<(string_view text) {
		buffer.append(text);
		return *this;
	}
	void end_line() {
		buffer.push_back('\n');
		if (buffer.size() >= size) flush();
	}
	void close() {
		flush();
		if (std::fclose(file) != 0) throw std::runtime_error("close");
	}

private:
	void flush() {
		if (std::fwrite(buffer.data(), 1, buffer.size(), file) != buffer.size()) throw std::runtime_error("write");
		buffer.clear();
	}
	static constexpr size_t size = 1 << 20;
	std::FILE *file;
	std::string buffer;
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// is_decimal takes JSON's numbers without the exponent.
bool is_decimal(string_view s) {
	size_t i = !s.empty() && s[0] == '-';
	size_t begin = i;
	while (i < s.size() && is_digit(s[i])) i++;
	if (i == begin || (s[begin] == '0' && i > begin + 1)) return false;
	if (i == s.size()) return true;
	if (s[i++] != '.') return false;
	begin = i;
	while (i < s.size() && is_digit(s[i])) i++;
	return i == s.size() && i > begin;
}

int digits(string_view s, size_t from, size_t n) {
	int value = 0;
	for (size_t i = from; i < from + n; i++) {
		if (!is_digit(s[i])) return -1;
		value = value * 10 + (s[i] - '0');
	}
	return value;
}

bool is_date(string_view s) {
	if (s.size() != 10 && s.size() != 19) return false;
	if (s[4] != '-' || s[7] != '-') return false;
	int year = digits(s, 0, 4), month = digits(s, 5, 2), day = digits(s, 8, 2);
	static constexpr int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	if (year < 0 || month < 1 || month > 12 || day < 1) return false;
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
	if (day > lengths[month - 1] + (month == 2 && leap)) return false;
	if (s.size() == 10) return true;
	int hour = digits(s, 11, 2), minute = digits(s, 14, 2), second = digits(s, 17, 2);
	return s[10] == ' ' && s[13] == ':' && s[16] == ':' && hour >= 0 && hour < 24 && minute >= 0 && minute < 60 &&
		   second >= 0 && second < 60;
}

enum Column { DATETIME, OPEN, HIGH, LOW, CLOSE, VOLUME, COLUMNS };
constexpr string_view names[COLUMNS] = {"datetime", "open", "high", "low", "close", "volume"};

enum Kind { MISSING, STRING, OTHER };

struct Field {
	Kind kind = MISSING;
	string_view text;
	double number = 0;
	bool sound = false; // whether number can be compared
};

struct Meta {
	std::string symbol, head, tail;
};

struct Splitter {
	Output valid, rejected;
	std::string today;
	long long raw = 0, invalid = 0;
	std::vector<string_view> reasons;

	void wrong(string_view code) {
		for (auto known : reasons)
			if (known == code) return;
		reasons.push_back(code);
	}

	void check(Field (&f)[COLUMNS]) {
		reasons.clear();
		for (int c = 0; c < COLUMNS; c++) {
			if (f[c].kind == MISSING) {
				if (c != VOLUME) wrong("FIELD_MISSING");
			} else if (f[c].kind == OTHER) {
				wrong("FIELD_TYPE");
			} else if (c == DATETIME) {
				if (!is_date(f[c].text)) wrong("DATETIME_FORMAT");
				else if (f[c].text > today) wrong("FUTURE_BAR");
			} else if (!is_decimal(f[c].text)) {
				wrong("NOT_A_NUMBER");
			} else {
				std::from_chars(f[c].text.data(), f[c].text.data() + f[c].text.size(), f[c].number);
				f[c].sound = true;
				if (c == VOLUME && f[c].number < 0) wrong("VOLUME_NEGATIVE");
				if (c != VOLUME && f[c].number <= 0) wrong("PRICE_NOT_POSITIVE");
			}
		}
		auto below = [&](Column a, Column b) { return f[a].sound && f[b].sound && f[a].number < f[b].number; };
		if (below(HIGH, LOW)) wrong("HIGH_BELOW_LOW");
		if (below(HIGH, OPEN) || below(HIGH, CLOSE)) wrong("HIGH_BELOW_BODY");
		if (below(OPEN, LOW) || below(CLOSE, LOW)) wrong("LOW_ABOVE_BODY");
	}

	void row(const Meta &meta, ondemand::object object) {
		raw++;
		Field f[COLUMNS];
		for (auto member : object) {
			string_view key = member.unescaped_key();
			for (int c = 0; c < COLUMNS; c++) {
				if (key != names[c]) continue;
				if (member.value().get_string().get(f[c].text) == SUCCESS) f[c].kind = STRING;
				else f[c].kind = OTHER;
				break;
			}
		}
		check(f);
		if (!reasons.empty()) {
			invalid++;
			object.reset();
			string_view text = object.raw_json();
			rejected << "{\"symbol\":\"" << meta.symbol << "\",\"raw\":" << text << ",\"reasons\":[";
			for (size_t i = 0; i < reasons.size(); i++) rejected << (i ? ",\"" : "\"") << reasons[i] << "\"";
			rejected << "]}";
			rejected.end_line();
			return;
		}
		valid << meta.head << f[DATETIME].text << "\"";
		for (int c = OPEN; c < COLUMNS; c++)
			if (f[c].kind == STRING) valid << ",\"" << names[c] << "\":" << f[c].text;
		valid << meta.tail;
		valid.end_line();
	}

	void series(ondemand::object object) {
		Meta meta;
		for (auto member : object) {
			string_view key = member.unescaped_key();
			if (key == "meta") {
				std::string interval, currency, exchange;
				for (auto m : member.value().get_object()) {
					string_view name = m.unescaped_key();
					string_view text = m.value().get_string();
					if (name == "symbol") meta.symbol = text;
					else if (name == "interval") interval = text;
					else if (name == "currency") currency = text;
					else if (name == "exchange") exchange = text;
				}
				meta.head = "{\"symbol\":\"" + meta.symbol + "\",\"interval\":\"" + interval + "\",\"datetime\":\"";
				meta.tail = ",\"currency\":\"" + currency + "\",\"exchange\":\"" + exchange + "\"}";
			} else if (key == "values") {
				for (auto value : member.value().get_array()) row(meta, value.get_object());
			}
		}
	}
};

std::string day_of_today() {
	std::time_t now = std::time(nullptr);
	char text[11];
	std::strftime(text, sizeof text, "%Y-%m-%d", std::gmtime(&now));
	return text;
}

} // namespace

int main(int argc, char **argv) {
	if (argc != 4) return 2;
	try {
		padded_string json = padded_string::load(argv[1]);
		ondemand::parser parser;
		ondemand::document batch = parser.iterate(json);
		Splitter s{Output(argv[2]), Output(argv[3]), day_of_today(), 0, 0, {}};
		for (auto member : batch.get_object()) s.series(member.value().get_object());
		s.valid.close();
		s.rejected.close();
		std::printf("{\"raw\":%lld,\"valid\":%lld,\"invalid\":%lld}\n", s.raw, s.raw - s.invalid, s.invalid);
	} catch (const std::exception &e) {
		std::fprintf(stderr, "ingest: %s\n", e.what());
		return 1;
	}
	return 0;
}
