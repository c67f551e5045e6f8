package privacy

import (
	"bytes"
	"strings"
)

// private decides on a candidate: whether it is a person's, and how many of its
// digits stay.
func (c *candidate) private() (keep int, ok bool) {
	if len(c.n) < 5 || c.sure*2 <= len(c.n) {
		return 0, false
	}
	if keep, ok = c.phone(); !ok {
		keep, ok = 0, c.id() || c.card() || c.local() || c.account()
	}
	return keep, ok
}

// phone is a number with which a network begins, and how many digits that are.
func (c *candidate) phone() (keep int, ok bool) {
	if keep, ok = c.mobile(); !ok {
		keep, ok = c.landline()
	}
	return keep, ok
}

// account is an account that its label announces, such as QQ：….
func (c *candidate) account() bool {
	if len(c.n) < 5 || !c.s.announces(c.start, announceAccount) || c.s.publicAccountBefore(c.start) || !c.even() {
		return false
	}
	return !c.mixedHoles() || len(c.n) >= 8
}

// mixedHoles says that some digits were hidden already.
func (c *candidate) mixedHoles() bool { return bytes.IndexByte(c.n, '?') >= 0 }

// id is a number of GB 11643, or one of 15 digits of before 1999.
func (c *candidate) id() bool {
	var birth []byte
	switch {
	case len(c.n) == 18:
		birth = c.n[6:14]
	case len(c.n) == 15 && !c.x:
		birth = append([]byte("19"), c.n[6:12]...)
	default:
		return false
	}
	if !region(c.n) || !birthday(birth) {
		return false
	}
	announced := c.s.announces(c.start, announceID)
	if !announced && (c.ticket() || c.amount()) {
		return false
	}
	// A ticket begins with an area code and a date, too; nobody so young writes.
	if recent := string(birth[:4]) >= "2018"; recent && !announced && !checksum(c.n) {
		return false
	}
	if first := c.groups[0].to - c.groups[0].from; !c.even() && first != 6 {
		return false
	}
	return true
}

// region says that a number begins with the code of a province.
func region(n []byte) bool {
	const provinces = "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83"
	return anyWord(provinces, func(p string) bool { return p == string(n[:2]) })
}

// birthday says that eight digits may be a day on which somebody was born; hidden
// ones may be anything.
func birthday(d []byte) bool {
	if bytes.IndexByte(d, '?') >= 0 {
		return true
	}
	if d[7] == 'X' {
		return false
	}
	two := func(i int) int { return int(d[i]-'0')*10 + int(d[i+1]-'0') }
	year, month, day := two(0)*100+two(2), two(4), two(6)
	return year >= 1900 && year < 2100 && month >= 1 && month <= 12 && day >= 1 && day <= 31
}

// checksum says that the last place of 18 is right by GB 11643.
func checksum(n []byte) bool {
	if len(n) != 18 {
		return false
	}
	sum, weight := 0, 1
	for i := 17; i >= 0; i-- {
		v := int(n[i] - '0')
		if n[i] == 'X' {
			v = 10
		}
		sum += v * weight
		weight = weight * 2 % 11
	}
	return sum%11 == 1
}

// mobile is a mobile number with or without the country's code, or two in a row.
func (c *candidate) mobile() (int, bool) {
	n, prefix := c.n, 0
	for _, p := range []string{"0086", "86", "0"} {
		if bytes.HasPrefix(n, []byte(p)) && len(n)-len(p) == 11 {
			prefix = len(p)
			n = n[prefix:]
			break
		}
	}
	switch {
	case len(n) == 22 && isMobile(n[:11]) && isMobile(n[11:]) && len(c.groups) == 1:
	case len(n) == 11 && isMobile(n):
	default:
		return 0, false
	}
	d := *c
	if first := d.groups[0]; prefix > 0 && first.to-first.from == prefix && len(d.groups) > 1 {
		d.groups, d.n = d.groups[1:], n
	}
	asked := c.s.announces(c.start, announcePhone)
	shaped := d.even() && (asked || !d.dotted()) || d.parted(3, 4, 4) || d.parted(3, 8) || d.parted(3, 3, 5)
	if !shaped {
		return 0, false
	}
	if !asked && (c.ticket() || c.amount()) {
		return 0, false
	}
	return prefix + 3, true
}

func isMobile(n []byte) bool {
	return n[0] == '1' && n[1] >= '3' && n[1] <= '9' && n[2] != '?'
}

// landline is a number with an area code, unless an office announces it.
func (c *candidate) landline() (int, bool) {
	n := c.n
	if foreign := bytes.TrimPrefix(n, []byte("00")); len(foreign) > 2 && string(foreign[:2]) == "86" && (len(foreign) < len(n) || c.start > 0 && c.s.runes[c.start-1] == '+') {
		// +86-355-…: the area code without its 0.
		rest := foreign[2:]
		return len(n) - len(rest) + 3, len(rest) >= 10 && len(rest) <= 11 && rest[0] >= '2' && (c.even() || len(c.groups) <= 4) && !c.amount()
	}
	if len(n) < 10 || len(n) > 12 || n[0] != '0' || bytes.IndexByte(n, '?') >= 0 && n[3] == '?' {
		return 0, false
	}
	area := 4
	switch {
	case n[1] == '1' && n[2] == '0', n[1] == '2':
		area = 3
	case n[1] < '3':
		return 0, false
	}
	if local := len(n) - area; local != 7 && local != 8 || n[area] < '2' && n[area] != '?' {
		return 0, false
	}
	whole := c.groups[0].to-c.groups[0].from == area && len(c.groups) <= 4
	if !whole && !c.even() || c.dotted() || c.ticket() || c.amount() || c.s.office(c.start) {
		return 0, false
	}
	return area, true
}

// card is the number of a bank card, whole or half hidden.
func (c *candidate) card() bool {
	if len(c.n) < 12 || len(c.n) > 19 || c.x {
		return false
	}
	announced := c.s.announces(c.start, announceCard)
	if !announced && (c.ticket() || c.amount()) {
		return false
	}
	union := c.n[0] == '6' && c.n[1] == '2'
	switch {
	case !c.even():
		return false
	case c.mixedHoles():
		return announced || union
	case announced:
		return true
	case len(c.n) < 16:
		return false
	}
	if len(c.groups) > 1 && !c.parted(4, 4, 4, 4) && !c.parted(4, 4, 4, 4, 3) && len(c.groups) < len(c.n)/2 {
		return false
	}
	return union || (len(c.n) == 16 || len(c.n) == 19) && c.n[0] >= '3' && luhn(c.n)
}

// luhn says that the last digit is right by ISO/IEC 7812.
func luhn(n []byte) bool {
	sum := 0
	for i := range n {
		v := int(n[len(n)-1-i] - '0')
		if i%2 == 1 {
			if v *= 2; v > 9 {
				v -= 9
			}
		}
		sum += v
	}
	return sum%10 == 0
}

// local is a phone number without an area code that words about it announce.
func (c *candidate) local() bool {
	n := c.n
	if len(n) != 7 && len(n) != 8 || n[0] < '2' || n[0] == '9' && (n[1] == '5' || n[1] == '6') || c.mixedHoles() {
		return false
	}
	listed := len(c.groups) > 1 && strings.ContainsRune("、，,", rune(c.groups[1].gap)) //nolint:gosec // other gaps are no character of these
	whole := len(c.groups) == 1 || !listed && (c.parted(3, 4) || c.parted(4, 4)) || len(c.groups) >= 4 && c.even()
	if !whole || c.dotted() || c.amount() || c.ticket() {
		return false
	}
	if c.s.belongs(c.end) {
		return true
	}
	if !c.s.announces(c.start, announcePhone+" 我家 家里 家中") || c.s.office(c.start) {
		return false
	}
	return true
}
